"""What AWS says of what is deployed: looked up where a template alone cannot tell. Nothing else imports boto3."""
