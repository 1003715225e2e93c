"""What the transform makes of each type of SAM: other linters ask about the user's types, and rules about these."""

_EVENTS = ("AWS::Events::Rule", "AWS::Scheduler::Schedule")
_ROLES = ("AWS::IAM::Role", "AWS::IAM::Policy")

KINDS = {
    "AWS::Serverless::Function": frozenset(
        {
            "AWS::IoT::TopicRule",
            "AWS::Lambda::EventInvokeConfig",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::Function",
            "AWS::SNS::Subscription",
            *_EVENTS,
            *_ROLES,
        }
    ),
    "AWS::Serverless::Api": frozenset({"AWS::ApiGateway::RestApi"}),
    "AWS::Serverless::HttpApi": frozenset({"AWS::ApiGatewayV2::Api"}),
    "AWS::Serverless::WebSocketApi": frozenset({"AWS::ApiGatewayV2::Api"}),
    "AWS::Serverless::StateMachine": frozenset({"AWS::StepFunctions::StateMachine", *_EVENTS, *_ROLES}),
}
"""The types of resources of which rules are asked; what the transform adds by itself is not among them."""
