"""The lists by which a ReceiveMessage asks for attributes.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

USER_LIST = "MessageAttributeNames"
SYSTEM_LISTS = ("MessageSystemAttributeNames", "AttributeNames")
