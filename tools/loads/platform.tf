# What stands around messaging in an account: a network, a cluster of services, databases, and a few queues of its own.
# platform.plan.json is the plan of an update of it, in which all values are known.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "zones" {
  type    = list(string)
  default = ["eu-central-1a", "eu-central-1b"]
}

variable "services" {
  type = map(object({ port = number, memory = number }))
  default = {
    catalogue = { port = 8080, memory = 512 }
    checkout  = { port = 8081, memory = 1024 }
  }
}

variable "jobs" {
  type    = set(string)
  default = ["invoice", "label"]
}

resource "aws_vpc" "platform" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "platform" }
}

resource "aws_internet_gateway" "platform" {
  vpc_id = aws_vpc.platform.id
}

resource "aws_subnet" "public" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.platform.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.platform.cidr_block, 8, count.index)
}

resource "aws_subnet" "private" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.platform.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.platform.cidr_block, 8, 10 + count.index)
}

resource "aws_eip" "gateway" {
  count  = length(var.zones)
  domain = "vpc"
}

resource "aws_nat_gateway" "platform" {
  count         = length(var.zones)
  allocation_id = aws_eip.gateway[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
}

resource "aws_route_table" "private" {
  count  = length(var.zones)
  vpc_id = aws_vpc.platform.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.platform[count.index].id
  }
}

resource "aws_route_table_association" "private" {
  count          = length(var.zones)
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_security_group" "service" {
  for_each = var.services
  name     = "platform-${each.key}"
  vpc_id   = aws_vpc.platform.id

  ingress {
    description = "from the load balancer"
    from_port   = each.value.port
    to_port     = each.value.port
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.platform.cidr_block]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "platform" {
  name               = "platform"
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
}

resource "aws_lb_listener" "platform" {
  load_balancer_arn = aws_lb.platform.arn
  port              = 443
  protocol          = "HTTPS"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service["catalogue"].arn
  }
}

resource "aws_lb_target_group" "service" {
  for_each    = var.services
  name        = "platform-${each.key}"
  port        = each.value.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.platform.id

  health_check {
    path    = "/health"
    matcher = "200"
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each     = var.services
  listener_arn = aws_lb_listener.platform.arn

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service[each.key].arn
  }

  condition {
    path_pattern {
      values = ["/${each.key}/*"]
    }
  }
}

resource "aws_ecs_cluster" "platform" {
  name = "platform"
}

resource "aws_ecr_repository" "service" {
  for_each             = var.services
  name                 = "platform/${each.key}"
  image_tag_mutability = "IMMUTABLE"
}

resource "aws_cloudwatch_log_group" "service" {
  for_each          = var.services
  name              = "/platform/${each.key}"
  retention_in_days = 30
}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "service" {
  for_each = var.services

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.service[each.key].arn}:*"]
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [for queue in aws_sqs_queue.job : queue.arn]
  }

  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.files.arn}/${each.key}/*"]
  }
}

resource "aws_iam_role" "service" {
  for_each           = var.services
  name               = "platform-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role_policy" "service" {
  for_each = var.services
  name     = "service"
  role     = aws_iam_role.service[each.key].id
  policy   = data.aws_iam_policy_document.service[each.key].json
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each   = var.services
  role       = aws_iam_role.service[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_ecs_task_definition" "service" {
  for_each                 = var.services
  family                   = "platform-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.service[each.key].arn
  task_role_arn            = aws_iam_role.service[each.key].arn

  container_definitions = jsonencode([{
    name         = each.key
    image        = "${aws_ecr_repository.service[each.key].repository_url}:stable"
    essential    = true
    portMappings = [{ containerPort = each.value.port }]
    environment  = [for name, queue in aws_sqs_queue.job : { name = "${upper(name)}_QUEUE", value = queue.url }]
    logConfiguration = {
      logDriver = "awslogs"
      options   = { awslogs-group = aws_cloudwatch_log_group.service[each.key].name, awslogs-region = "eu-central-1" }
    }
  }])
}

resource "aws_ecs_service" "service" {
  for_each        = var.services
  name            = each.key
  cluster         = aws_ecs_cluster.platform.id
  task_definition = aws_ecs_task_definition.service[each.key].arn
  desired_count   = 3
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.service[each.key].id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.service[each.key].arn
    container_name   = each.key
    container_port   = each.value.port
  }
}

resource "aws_cloudwatch_metric_alarm" "busy" {
  for_each            = var.services
  alarm_name          = "platform-${each.key}-busy"
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  threshold           = 80
  alarm_actions       = [aws_sns_topic.alarms.arn]
  dimensions          = { ClusterName = aws_ecs_cluster.platform.name, ServiceName = each.key }
}

resource "aws_db_subnet_group" "platform" {
  name       = "platform"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_instance" "catalogue" {
  identifier                  = "platform-catalogue"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 100
  db_name                     = "catalogue"
  username                    = "owner"
  manage_master_user_password = true
  storage_encrypted           = true
  db_subnet_group_name        = aws_db_subnet_group.platform.name
}

resource "aws_dynamodb_table" "baskets" {
  name         = "platform-baskets"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "basket"

  attribute {
    name = "basket"
    type = "S"
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "platform-files"
}

resource "aws_s3_bucket_public_access_block" "files" {
  bucket                  = aws_s3_bucket.files.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_kms_key" "messages" {
  description = "Messages of the platform"
  policy      = data.aws_iam_policy_document.key.json
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "platform-alarms"
  kms_master_key_id = aws_kms_key.messages.arn
}

resource "aws_sqs_queue" "dead" {
  name                      = "platform-jobs-dead"
  kms_master_key_id         = aws_kms_key.messages.arn
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "job" {
  for_each                   = var.jobs
  name                       = "platform-${each.key}"
  kms_master_key_id          = aws_kms_key.messages.arn
  visibility_timeout_seconds = 360
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })
}

data "aws_iam_policy_document" "job" {
  for_each = var.jobs

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.job[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.job[each.key].arn]
    }
  }
}

resource "aws_sqs_queue_policy" "job" {
  for_each  = var.jobs
  queue_url = aws_sqs_queue.job[each.key].url
  policy    = data.aws_iam_policy_document.job[each.key].json
}

resource "aws_cloudwatch_event_rule" "job" {
  for_each            = var.jobs
  name                = "platform-${each.key}"
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "job" {
  for_each = var.jobs
  rule     = aws_cloudwatch_event_rule.job[each.key].name
  arn      = aws_sqs_queue.job[each.key].arn
}

data "aws_iam_policy_document" "functions" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "job_function" {
  for_each = var.jobs

  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.job[each.key].arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.messages.arn]
  }
}

resource "aws_iam_role" "job" {
  for_each           = var.jobs
  name               = "platform-job-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.functions.json
}

resource "aws_iam_role_policy" "job" {
  for_each = var.jobs
  name     = "job"
  role     = aws_iam_role.job[each.key].id
  policy   = data.aws_iam_policy_document.job_function[each.key].json
}

resource "aws_lambda_function" "job" {
  for_each      = var.jobs
  function_name = "platform-${each.key}"
  role          = aws_iam_role.job[each.key].arn
  runtime       = "python3.13"
  handler       = "job.handler"
  timeout       = 60
  s3_bucket     = aws_s3_bucket.files.id
  s3_key        = "functions/${each.key}.zip"
}

resource "aws_lambda_event_source_mapping" "job" {
  for_each         = var.jobs
  event_source_arn = aws_sqs_queue.job[each.key].arn
  function_name    = aws_lambda_function.job[each.key].arn
  batch_size       = 10
}
