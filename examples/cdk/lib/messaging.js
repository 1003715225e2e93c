const { Duration, NestedStack, Stack, aws_iam: iam, aws_kms: kms, aws_sns: sns, aws_sqs: sqs } = require("aws-cdk-lib");
const { SqsSubscription } = require("aws-cdk-lib/aws-sns-subscriptions");

/** A queue that failed messages wait in. */
function deadLetters(scope, id, key) {
  return new sqs.Queue(scope, id, {
    encryptionMasterKey: key,
    retentionPeriod: Duration.days(14),
    receiveMessageWaitTime: Duration.seconds(20),
  });
}

/** What the billing service reads: a nested stack. It is given ARNs: it cannot wait for its parent. */
class Billing extends NestedStack {
  constructor(scope, id, { keyArn, topicArn }) {
    super(scope, id);
    const key = kms.Key.fromKeyArn(this, "Key", keyArn);
    const queue = new sqs.Queue(this, "Queue", {
      encryptionMasterKey: key,
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: deadLetters(this, "DeadLetters", key), maxReceiveCount: 5 },
    });
    const orders = sns.Topic.fromTopicArn(this, "Orders", topicArn);
    orders.addSubscription(new SqsSubscription(queue, { deadLetterQueue: deadLetters(this, "Undelivered", key) }));
  }
}

/** The shop's topic, what subscribes to it, and the queue for what cannot be delivered. */
class Messaging extends Stack {
  constructor(scope, id) {
    super(scope, id);
    const key = new kms.Key(this, "Key", { enableKeyRotation: true });
    key.grantEncryptDecrypt(new iam.ServicePrincipal("sns.amazonaws.com"));
    key.grantEncryptDecrypt(new iam.ServicePrincipal("events.amazonaws.com"));
    this.orders = new sns.Topic(this, "Orders", { masterKey: key });
    this.undelivered = deadLetters(this, "Undelivered", key);
    new Billing(this, "Billing", { keyArn: key.keyArn, topicArn: this.orders.topicArn });
  }
}

module.exports = { Messaging };
