# The role of org-access-exporter, and the table in which replicas share their state.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  reads     = length(var.assume_role_arns) == 0
}

data "aws_iam_policy_document" "permissions" {
  dynamic "statement" {
    for_each = local.reads ? [1] : []
    content {
      sid       = "GenerateReports"
      actions   = ["iam:GenerateOrganizationsAccessReport"]
      resources = ["arn:${local.partition}:iam::${local.account}:access-report/*"]
    }
  }

  dynamic "statement" {
    for_each = local.reads ? [1] : []
    content {
      sid       = "ReadReports"
      actions   = ["iam:GetOrganizationsAccessReport"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = local.reads ? [1] : []
    content {
      sid = "ReadOrganization"
      actions = [
        "organizations:DescribeOrganization",
        "organizations:DescribePolicy",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListChildren",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListParents",
        "organizations:ListPoliciesForTarget",
        "organizations:ListRoots",
        "organizations:ListTargetsForPolicy",
      ]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = local.reads && var.report_on_policies ? [1] : []
    content {
      sid       = "ReadPolicies"
      actions   = ["organizations:ListPolicies"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = local.reads ? [] : [1]
    content {
      sid       = "AssumeRoles"
      actions   = var.trust == "pod-identity" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
      resources = var.assume_role_arns
    }
  }

  dynamic "statement" {
    for_each = var.state_table == "" ? [] : [1]
    content {
      sid = "KeepState"
      actions = [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ]
      resources = [aws_dynamodb_table.state[0].arn]
    }
  }

  dynamic "statement" {
    for_each = var.state_key_arn == "" ? [] : [1]
    content {
      sid = "UseKey"
      actions = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ]
      resources = [var.state_key_arn]
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["dynamodb.${data.aws_region.this.name}.${data.aws_partition.this.dns_suffix}"]
      }
    }
  }
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.trust == "pod-identity" ? [1] : []
    content {
      actions = ["sts:AssumeRole", "sts:TagSession"]
      principals {
        type        = "Service"
        identifiers = ["pods.eks.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/kubernetes-namespace"
        values   = [var.namespace]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/kubernetes-service-account"
        values   = [var.service_account]
      }
    }
  }

  dynamic "statement" {
    for_each = var.trust == "irsa" ? [1] : []
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:${local.partition}:iam::${local.account}:oidc-provider/${var.oidc_provider}"]
      }
      condition {
        test     = "StringEquals"
        variable = "${var.oidc_provider}:aud"
        values   = ["sts.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "${var.oidc_provider}:sub"
        values   = ["system:serviceaccount:${var.namespace}:${var.service_account}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.trust == "account" ? [1] : []
    content {
      actions = var.from_pod_identity ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${var.trusted_account_id}:root"]
      }
      dynamic "condition" {
        for_each = nonsensitive(var.external_id == "") ? [] : [1]
        content {
          test     = "StringEquals"
          variable = "sts:ExternalId"
          values   = [var.external_id]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.trust == "ecs-tasks" ? [1] : []
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = ["ecs-tasks.amazonaws.com"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = ["arn:${local.partition}:ecs:*:${local.account}:*"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }

  dynamic "statement" {
    for_each = var.trust == "ec2" ? [1] : []
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = ["ec2.${data.aws_partition.this.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_instance_profile" "this" {
  count = var.trust == "ec2" ? 1 : 0

  name = var.name
  role = aws_iam_role.this.name
  tags = var.tags
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Reads the access reports of the organization for org-access-exporter"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = var.trust != "irsa" || var.oidc_provider != ""
      error_message = "trust is irsa, and oidc_provider is empty."
    }
    precondition {
      condition     = var.trust != "account" || var.trusted_account_id != ""
      error_message = "trust is account, and trusted_account_id is empty."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = var.name
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.permissions.json
}

resource "aws_eks_pod_identity_association" "this" {
  count = var.trust == "pod-identity" && var.cluster_name != "" ? 1 : 0

  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.this.arn
  tags            = var.tags
}

resource "aws_dynamodb_table" "state" {
  count = var.state_table == "" ? 0 : 1

  name         = var.state_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "organization"
  range_key    = "item"
  tags         = var.tags

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  dynamic "server_side_encryption" {
    for_each = var.state_key_arn == "" ? [] : [1]
    content {
      enabled     = true
      kms_key_arn = var.state_key_arn
    }
  }

  attribute {
    name = "organization"
    type = "S"
  }

  attribute {
    name = "item"
    type = "S"
  }
}
