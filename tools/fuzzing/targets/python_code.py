"""The code of a function in Python: facts at places of the text, and the modules that it may import."""

from fuzzing.code import check
from fuzzing.target import Target, files, words

WORDS = words(
    """
    event["Records"] .get("Records",␣[]) ["messageAttributes"] receive_message( boto3.client("sqs") for␣r␣in␣
    def␣f(event,␣context):␤ async␣ await␣ lambda␣r:␣ class␣A:␤ self. import␣a.b␣as␣c␤ from␣.␣import␣a␤
    from␣.a␣import␣*␤ ** * yield␣ := match␣ case␣ if␣ else try:␤ except* with␣ ␤␣␣␣␣ \\␤ f'{ }' \"\"\" [ ] ( ) { }
    SQSEvent MessageSystemAttributeNames= AttributeNames= ["All"]
    """
)


def _check(data: bytes) -> None:
    check(data.decode("utf-8", "replace"), ".py")


TARGET = Target(_check, WORDS, lambda: files("tests/fixtures/rules/**/*.py"))
