const { Stack, aws_events: events, aws_sns: sns, aws_sqs: sqs } = require("aws-cdk-lib");
const { SnsTopic } = require("aws-cdk-lib/aws-events-targets");

/**
 * The shop's events. The topic and the queue are known by their ARNs here: of constructs of another stack the CDK
 * would have that stack's policies name the rule, and the two stacks need each other.
 */
class Events extends Stack {
  constructor(scope, id, { messaging }) {
    super(scope, id);
    this.orderPlaced = new events.Rule(this, "OrderPlaced", {
      eventBus: new events.EventBus(this, "Bus"),
      eventPattern: { source: ["shop.checkout"], detailType: ["OrderPlaced"] },
      targets: [
        new SnsTopic(sns.Topic.fromTopicArn(this, "Orders", messaging.orders.topicArn), {
          deadLetterQueue: sqs.Queue.fromQueueArn(this, "Undelivered", messaging.undelivered.queueArn),
        }),
      ],
    });
  }
}

module.exports = { Events };
