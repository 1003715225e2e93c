# Six faults that lose messages, let others in or leak passwords, planted in a small order system

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "subnets" {
  type    = list(string)
  default = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"]
}

data "aws_caller_identity" "current" {}

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
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "messages" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.messages_key.json
}

resource "aws_sns_topic" "orders" {
  name              = "orders"
  kms_master_key_id = aws_kms_key.messages.id
}

# ---- 1: system attributes are not user attributes

resource "aws_sqs_queue" "orders" {
  name                       = "orders"
  kms_master_key_id          = aws_kms_key.messages.id
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 180
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.orders_dead_letters.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "orders_dead_letters" {
  name                      = "orders-dead-letters"
  kms_master_key_id         = aws_kms_key.messages.id
  receive_wait_time_seconds = 20
  message_retention_seconds = 1209600
}

# The function's code is in a package, which a plan does not show: there is no "1, code" here.
resource "aws_lambda_function" "orders" {
  function_name = "orders"
  runtime       = "python3.13"
  handler       = "index.handler"
  role          = aws_iam_role.orders.arn
  timeout       = 30
  s3_bucket     = "shop-artifacts"
  s3_key        = "orders.zip"
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn        = aws_sqs_queue.orders.arn
  function_name           = aws_lambda_function.orders.arn
  function_response_types = ["ReportBatchItemFailures"]
  filter_criteria {
    filter {
      # 1, filter: never matches, and Lambda deletes what does not match
      pattern = jsonencode({ messageAttributes = { SenderId = { stringValue = [{ prefix = "AROA" }] } } })
    }
  }
}

resource "aws_sfn_state_machine" "retry" {
  name     = "retry"
  role_arn = aws_iam_role.retry.arn
  definition = jsonencode({
    StartAt = "Receive"
    States = {
      Receive = {
        Type     = "Task"
        Resource = "arn:aws:states:::aws-sdk:sqs:receiveMessage"
        Parameters = {
          QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead-letters"
          # 1, state machine: asks for a user attribute of that name, which no message has
          MessageAttributeNames = ["AWSTraceHeader"]
        }
        End = true
      }
    }
  })
}

data "aws_iam_policy_document" "retry_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "retry" {
  statement {
    actions   = ["sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.orders_dead_letters.arn]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.messages.arn]
  }
}

resource "aws_iam_role" "retry" {
  name               = "retry"
  assume_role_policy = data.aws_iam_policy_document.retry_trust.json
}

resource "aws_iam_role_policy" "retry" {
  role   = aws_iam_role.retry.id
  policy = data.aws_iam_policy_document.retry.json
}

# ---- 2: records from SNS end with a newline already

resource "aws_sns_topic_subscription" "archive" {
  topic_arn             = aws_sns_topic.orders.arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.archive.arn
  subscription_role_arn = aws_iam_role.archive_subscription.arn
}

data "aws_iam_policy_document" "archive_subscription_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "archive_subscription" {
  statement {
    actions   = ["firehose:DescribeDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [aws_kinesis_firehose_delivery_stream.archive.arn]
  }
}

resource "aws_iam_role" "archive_subscription" {
  name               = "orders-archive-subscription"
  assume_role_policy = data.aws_iam_policy_document.archive_subscription_trust.json
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
    processing_configuration {
      enabled = true
      processors {
        type = "AppendDelimiterToRecord" # 2: every second line in S3 is empty
      }
    }
  }
}

data "aws_iam_policy_document" "archive_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "archive" {
  statement {
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${aws_s3_bucket.archive.arn}/*"]
  }
  statement {
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.archive.arn]
  }
}

resource "aws_iam_role" "archive" {
  name               = "orders-archive"
  assume_role_policy = data.aws_iam_policy_document.archive_trust.json
}

resource "aws_iam_role_policy" "archive" {
  role   = aws_iam_role.archive.id
  policy = data.aws_iam_policy_document.archive.json
}

resource "aws_s3_bucket" "archive" {
  bucket_prefix = "orders-archive-"
}

# ---- 3: a dead-letter queue that turns its sender away

resource "aws_cloudwatch_event_rule" "refunds" {
  name          = "refunds"
  event_pattern = jsonencode({ source = ["shop.refunds"] })
}

resource "aws_cloudwatch_event_target" "refunds" {
  rule     = aws_cloudwatch_event_rule.refunds.name
  arn      = aws_kinesis_stream.refunds.arn
  role_arn = aws_iam_role.refunds.arn
  dead_letter_config {
    arn = aws_sqs_queue.refunds_undelivered.arn
  }
}

# 3, rule: no policy lets events.amazonaws.com in
resource "aws_sqs_queue" "refunds_undelivered" {
  name                      = "refunds-undelivered"
  kms_master_key_id         = aws_kms_key.messages.id
  receive_wait_time_seconds = 20
  message_retention_seconds = 1209600
}

resource "aws_sns_topic_subscription" "orders" {
  topic_arn      = aws_sns_topic.orders.arn
  protocol       = "sqs"
  endpoint       = aws_sqs_queue.orders.arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.orders_undelivered.arn })
}

# 3, subscription: no policy lets sns.amazonaws.com in
resource "aws_sqs_queue" "orders_undelivered" {
  name                      = "orders-undelivered"
  kms_master_key_id         = aws_kms_key.messages.id
  receive_wait_time_seconds = 20
  message_retention_seconds = 1209600
}

# ---- 4: short polling, and a key whose policy nobody can change

resource "aws_sqs_queue" "payments" {
  name = "payments"
  # 4, polling: receive_wait_time_seconds is 0 unless it is set
  kms_master_key_id = "alias/aws/sqs" # 4, key
  redrive_policy    = jsonencode({ deadLetterTargetArn = aws_sqs_queue.orders_dead_letters.arn, maxReceiveCount = 5 })
}

# ---- 5: passwords of brokers

resource "aws_mq_broker" "stock" {
  broker_name                = "stock"
  engine_type                = "ActiveMQ"
  engine_version             = "5.18"
  host_instance_type         = "mq.m5.large"
  auto_minor_version_upgrade = true
  encryption_options {
    use_aws_owned_key = false
    kms_key_id        = aws_kms_key.messages.arn
  }
  logs {
    audit   = true
    general = true
  }
  user {
    username = "stock"
    password = "Kj83-hs72-Lq0x" # 5, broker
  }
}

resource "aws_msk_cluster" "stock" {
  cluster_name           = "stock"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = var.subnets
    security_groups = []
  }
  client_authentication {
    sasl {
      scram = true
    }
  }
  encryption_info {
    encryption_at_rest_kms_key_arn = aws_kms_key.messages.arn
    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }
}

resource "aws_msk_scram_secret_association" "stock" {
  cluster_arn     = aws_msk_cluster.stock.arn
  secret_arn_list = [aws_secretsmanager_secret.writer.arn, aws_secretsmanager_secret.reader.arn]
}

resource "aws_secretsmanager_secret" "writer" {
  name       = "stock-writer" # 5, name: MSK takes only secrets called AmazonMSK_...
  kms_key_id = aws_kms_key.messages.arn
}

resource "aws_secretsmanager_secret" "reader" {
  name = "AmazonMSK_stock-reader"
  # 5, key: no kms_key_id, and MSK does not take the default key
}

resource "aws_lambda_event_source_mapping" "stock" {
  event_source_arn  = aws_msk_cluster.stock.arn
  function_name     = aws_lambda_function.orders.arn
  topics            = ["stock"]
  starting_position = "TRIM_HORIZON"
  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.orders_dead_letters.arn
    }
  }
  source_access_configuration {
    type = "BASIC_AUTH" # 5, sign-in: MSK takes SASL_SCRAM_512_AUTH
    uri  = aws_secretsmanager_secret.reader.arn
  }
}

data "aws_iam_policy_document" "orders_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "orders_role" {
  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.messages.arn]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.orders_dead_letters.arn]
  }
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["*"] # 5, reader: every secret of the account
  }
}

resource "aws_iam_role" "orders" {
  name               = "orders"
  assume_role_policy = data.aws_iam_policy_document.orders_trust.json
}

resource "aws_iam_role_policy" "orders" {
  role   = aws_iam_role.orders.id
  policy = data.aws_iam_policy_document.orders_role.json
}

resource "aws_iam_role_policy_attachment" "orders" {
  for_each   = toset(["AWSLambdaSQSQueueExecutionRole", "AWSLambdaMSKExecutionRole"])
  role       = aws_iam_role.orders.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/${each.key}"
}

# ---- 6: services that act for anybody

data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.orders.arn] # 6, queue: any topic of any account
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
  }
}

resource "aws_sqs_queue_policy" "orders" {
  queue_url = aws_sqs_queue.orders.url
  policy    = data.aws_iam_policy_document.orders.json
}

resource "aws_kinesis_stream" "refunds" {
  name            = "refunds"
  encryption_type = "KMS"
  kms_key_id      = aws_kms_key.messages.arn
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

data "aws_iam_policy_document" "refunds_trust" {
  statement {
    actions = ["sts:AssumeRole"] # 6, role: any rule
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "refunds" {
  statement {
    actions   = ["kinesis:PutRecord"]
    resources = [aws_kinesis_stream.refunds.arn]
  }
  statement {
    actions   = ["kms:GenerateDataKey"]
    resources = [aws_kms_key.messages.arn]
  }
}

resource "aws_iam_role" "refunds" {
  name               = "refunds"
  assume_role_policy = data.aws_iam_policy_document.refunds_trust.json
}

resource "aws_iam_role_policy" "refunds" {
  role   = aws_iam_role.refunds.id
  policy = data.aws_iam_policy_document.refunds.json
}

resource "aws_s3_bucket" "uploads" {
  bucket = "shop-uploads-eu"
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket = aws_s3_bucket.uploads.id
  queue {
    queue_arn = aws_sqs_queue.uploads.arn
    events    = ["s3:ObjectCreated:*"]
  }
  depends_on = [aws_sqs_queue_policy.uploads]
}

resource "aws_sqs_queue" "uploads" {
  name                      = "uploads"
  kms_master_key_id         = aws_kms_key.messages.id
  receive_wait_time_seconds = 20
  redrive_policy            = jsonencode({ deadLetterTargetArn = aws_sqs_queue.orders_dead_letters.arn, maxReceiveCount = 5 })
}

data "aws_iam_policy_document" "uploads" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.uploads.arn]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      # 6, bucket: a bucket's ARN names no account, and who deletes the bucket lets others take its name
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.uploads.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "uploads" {
  queue_url = aws_sqs_queue.uploads.url
  policy    = data.aws_iam_policy_document.uploads.json
}
