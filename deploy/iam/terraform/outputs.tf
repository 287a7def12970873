output "role_arn" {
  description = "The chart's aws.roleArn, the configuration's role_arn, or the role of a pod identity association."
  value       = aws_iam_role.this.arn
}

output "state_url" {
  description = "The chart's state.url, and --state.url; empty without a table."
  value       = var.state_table == "" ? "" : "dynamodb://${var.state_table}?region=${data.aws_region.this.region}"
}
