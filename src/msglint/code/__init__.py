"""What the code of a function asks of SQS: Python and JavaScript, read and never run. Knows no template."""
