"""The code of a function in JavaScript: facts at places of the text, and the modules that it may import."""

from fuzzing.code import check
from fuzzing.target import Target, files, words

WORDS = words(
    """
    event.Records .messageAttributes ['SenderId'] new␣ReceiveMessageCommand({ MessageSystemAttributeNames:␣['All']
    for␣(const␣r␣of␣ function␣f(event)␣{ async␣ await␣ =>␣{ const␣{␣a:␣b␣=␣{}␣}␣=␣ class␣A␣{␣m(e)␣{ this.
    require('./a') import␣a␣from␣'./a' export␣*␣from␣'./b' exports.handler␣=␣ ... ?. ?? || `${ }` /* */ // /a/g ( ) [
    ] { } ; , yield*␣ super( #p get␣ static␣ \u2028
    """
)


def _check(data: bytes) -> None:
    check(data.decode("utf-8", "replace"), ".mjs")


TARGET = Target(_check, WORDS, lambda: files("tests/fixtures/rules/**/*.js"))
