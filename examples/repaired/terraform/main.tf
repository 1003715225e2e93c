# Orders of the web shop, from the API to billing, shipping, payments and the archive.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

# Encryption

data "aws_iam_policy_document" "messages_key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "messages" {
  description         = "Messages of the order system"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.messages_key.json
}

# The API publishes orders and queues payments

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
  route_key     = "POST /orders"
  target        = aws_lambda_function.order.arn
}

resource "aws_lambda_permission" "api" {
  function_name = aws_lambda_function.order.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.orders.execution_arn}/*"
}

resource "aws_lambda_function" "order" {
  function_name = "order"
  runtime       = "python3.13"
  handler       = "order.handler"
  role          = aws_iam_role.order.arn
  s3_bucket     = "shop-artifacts"
  s3_key        = "order.zip"

  environment {
    variables = {
      TOPIC    = aws_sns_topic.orders.arn
      PAYMENTS = aws_sqs_queue.payments.url
    }
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["lambda", "sns", "firehose"])

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "order" {
  name               = "order"
  assume_role_policy = data.aws_iam_policy_document.trust["lambda"].json
}

data "aws_iam_policy_document" "order" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.orders.arn]
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.payments.arn]
  }

  statement {
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.messages.arn]
  }
}

resource "aws_iam_role_policy" "order" {
  role   = aws_iam_role.order.id
  policy = data.aws_iam_policy_document.order.json
}

# Orders fan out

resource "aws_sns_topic" "orders" {
  name              = "orders"
  kms_master_key_id = aws_kms_key.messages.arn
}

resource "aws_sns_topic_subscription" "billing" {
  topic_arn      = aws_sns_topic.orders.arn
  protocol       = "sqs"
  endpoint       = aws_sqs_queue.billing.arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })
}

resource "aws_sns_topic_subscription" "shipping" {
  topic_arn      = aws_sns_topic.orders.arn
  protocol       = "sqs"
  endpoint       = aws_sqs_queue.shipping.arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })
}

# The warehouse, in an account of its own, reports the parcels that come back; shipping hears of them

resource "aws_cloudwatch_event_bus" "warehouse" {
  name = "warehouse"
}

data "aws_iam_policy_document" "warehouse" {
  statement {
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.warehouse.arn]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "warehouse" {
  event_bus_name = aws_cloudwatch_event_bus.warehouse.name
  policy         = data.aws_iam_policy_document.warehouse.json
}

resource "aws_cloudwatch_event_rule" "returns" {
  name           = "returns"
  event_bus_name = aws_cloudwatch_event_bus.warehouse.name
  event_pattern  = jsonencode({ source = ["shop.warehouse"], detail-type = ["ParcelReturned"] })
}

resource "aws_cloudwatch_event_target" "shipping" {
  rule           = aws_cloudwatch_event_rule.returns.name
  event_bus_name = aws_cloudwatch_event_bus.warehouse.name
  arn            = aws_sqs_queue.shipping.arn

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }
}

# Queues

resource "aws_sqs_queue" "billing" {
  name                       = "billing"
  kms_master_key_id          = aws_kms_key.messages.arn
  message_retention_seconds  = 604800
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 180
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.billing_dead_letters.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "billing_dead_letters" {
  name                      = "billing-dead-letters"
  kms_master_key_id         = aws_kms_key.messages.arn
  message_retention_seconds = 1209600
  receive_wait_time_seconds = 20
}

resource "aws_sqs_queue" "shipping" {
  name                       = "shipping"
  kms_master_key_id          = aws_kms_key.messages.arn
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 180
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.shipping_dead_letters.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "shipping_dead_letters" {
  name                      = "shipping-dead-letters"
  kms_master_key_id         = aws_kms_key.messages.arn
  message_retention_seconds = 1209600
  receive_wait_time_seconds = 20
}

# The payment service polls this queue itself.
resource "aws_sqs_queue" "payments" {
  name                        = "payments.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  kms_master_key_id           = aws_kms_key.messages.arn
  receive_wait_time_seconds   = 20
  redrive_policy              = jsonencode({ deadLetterTargetArn = aws_sqs_queue.payments_dead_letters.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "payments_dead_letters" {
  name                      = "payments-dead-letters.fifo"
  fifo_queue                = true
  kms_master_key_id         = aws_kms_key.messages.arn
  message_retention_seconds = 1209600
  receive_wait_time_seconds = 20
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "undelivered-orders"
  kms_master_key_id         = aws_kms_key.messages.arn
  message_retention_seconds = 1209600
  receive_wait_time_seconds = 20
}

data "aws_iam_policy_document" "billing" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.billing.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "billing" {
  queue_url = aws_sqs_queue.billing.id
  policy    = data.aws_iam_policy_document.billing.json
}

data "aws_iam_policy_document" "shipping" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.shipping.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn]
    }
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.shipping.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.returns.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "shipping" {
  queue_url = aws_sqs_queue.shipping.id
  policy    = data.aws_iam_policy_document.shipping.json
}

data "aws_iam_policy_document" "undelivered" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.undelivered.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn]
    }
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.undelivered.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.returns.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id
  policy    = data.aws_iam_policy_document.undelivered.json
}

# Consumers

resource "aws_lambda_function" "billing" {
  function_name = "billing"
  runtime       = "python3.13"
  handler       = "billing.handler"
  role          = aws_iam_role.consumer.arn
  timeout       = 30
  s3_bucket     = "shop-artifacts"
  s3_key        = "billing.zip"
}

resource "aws_lambda_event_source_mapping" "billing" {
  event_source_arn        = aws_sqs_queue.billing.arn
  function_name           = aws_lambda_function.billing.arn
  function_response_types = ["ReportBatchItemFailures"]
}

resource "aws_lambda_function" "shipping" {
  function_name = "shipping"
  runtime       = "python3.13"
  handler       = "shipping.handler"
  role          = aws_iam_role.consumer.arn
  timeout       = 30
  s3_bucket     = "shop-artifacts"
  s3_key        = "shipping.zip"
}

resource "aws_lambda_event_source_mapping" "shipping" {
  event_source_arn        = aws_sqs_queue.shipping.arn
  function_name           = aws_lambda_function.shipping.arn
  function_response_types = ["ReportBatchItemFailures"]
}

resource "aws_iam_role" "consumer" {
  name               = "order-consumer"
  assume_role_policy = data.aws_iam_policy_document.trust["lambda"].json
}

data "aws_iam_policy_document" "consumer" {
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.billing.arn, aws_sqs_queue.shipping.arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.messages.arn]
  }
}

resource "aws_iam_role_policy" "consumer" {
  role   = aws_iam_role.consumer.id
  policy = data.aws_iam_policy_document.consumer.json
}

resource "aws_iam_role_policy_attachment" "order_logs" {
  role       = aws_iam_role.order.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "consumer_logs" {
  role       = aws_iam_role.consumer.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

# Every order is archived, one a line

resource "aws_sns_topic_subscription" "archive" {
  topic_arn             = aws_sns_topic.orders.arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.archive.arn
  subscription_role_arn = aws_iam_role.archive_subscription.arn
  redrive_policy        = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })
}

resource "aws_iam_role" "archive_subscription" {
  name               = "orders-archive-subscription"
  assume_role_policy = data.aws_iam_policy_document.trust["sns"].json
}

data "aws_iam_policy_document" "archive_subscription" {
  statement {
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [aws_kinesis_firehose_delivery_stream.archive.arn]
  }
}

resource "aws_iam_role_policy" "archive_subscription" {
  role   = aws_iam_role.archive_subscription.id
  policy = data.aws_iam_policy_document.archive_subscription.json
}

resource "aws_kinesis_firehose_delivery_stream" "archive" {
  name        = "orders-archive"
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.messages.arn
  }

  extended_s3_configuration {
    bucket_arn          = aws_s3_bucket.archive.arn
    role_arn            = aws_iam_role.archive.arn
    error_output_prefix = "failed/"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.archive.name
      log_stream_name = aws_cloudwatch_log_stream.archive.name
    }
  }
}

resource "aws_iam_role" "archive" {
  name               = "orders-archive"
  assume_role_policy = data.aws_iam_policy_document.trust["firehose"].json
}

data "aws_iam_policy_document" "archive" {
  statement {
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.archive.arn]
  }

  statement {
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${aws_s3_bucket.archive.arn}/*"]
  }

  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.archive.arn}:*"]
  }
}

resource "aws_iam_role_policy" "archive" {
  role   = aws_iam_role.archive.id
  policy = data.aws_iam_policy_document.archive.json
}

resource "aws_s3_bucket" "archive" {
  bucket_prefix = "orders-archive-"
}

resource "aws_cloudwatch_log_group" "archive" {
  name              = "/orders/archive"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_stream" "archive" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.archive.name
}

# The web shop records every page view here

resource "aws_kinesis_stream" "clickstream" {
  name            = "clickstream"
  encryption_type = "KMS"
  kms_key_id      = aws_kms_key.messages.arn

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}
