const { Stack, aws_iam: iam, aws_sns: sns, aws_sqs: sqs } = require("aws-cdk-lib");

/** Who may send where: the CDK writes no policies for what it knows by an ARN alone. */
class Policies extends Stack {
  constructor(scope, id, { messaging, events }) {
    super(scope, id);
    const policy = new sns.TopicPolicy(this, "Orders", { topics: [messaging.orders] });
    policy.document.addStatements(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("events.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [messaging.orders.topicArn],
        conditions: { ArnEquals: { "aws:SourceArn": events.orderPlaced.ruleArn } },
      }),
    );
    const undelivered = new sqs.QueuePolicy(this, "Undelivered", { queues: [messaging.undelivered] });
    undelivered.document.addStatements(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("events.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [messaging.undelivered.queueArn],
        conditions: { ArnEquals: { "aws:SourceArn": events.orderPlaced.ruleArn } },
      }),
    );
  }
}

module.exports = { Policies };
