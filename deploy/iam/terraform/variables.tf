variable "name" {
  description = "The name of the role."
  type        = string
  default     = "org-access-exporter"
}

variable "trust" {
  description = "Who becomes the role: pod-identity, irsa, account, ecs-tasks or ec2."
  type        = string
  default     = "pod-identity"

  validation {
    condition     = contains(["pod-identity", "irsa", "account", "ecs-tasks", "ec2"], var.trust)
    error_message = "trust is pod-identity, irsa, account, ecs-tasks or ec2."
  }
}

variable "namespace" {
  description = "pod-identity and irsa: the namespace of the pod."
  type        = string
  default     = "monitoring"
}

variable "service_account" {
  description = "pod-identity and irsa: the service account of the pod."
  type        = string
  default     = "org-access-exporter"
}

variable "cluster_name" {
  description = "pod-identity: the EKS cluster in which the service account gets the role. None if empty: associate it yourself."
  type        = string
  default     = ""
}

variable "oidc_provider" {
  description = "irsa: the cluster's issuer without https://, known to IAM in this account."
  type        = string
  default     = ""
}

variable "trusted_account_id" {
  description = "account: the account that the exporter runs in."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([0-9]{12})?$", var.trusted_account_id))
    error_message = "trusted_account_id has twelve digits."
  }
}

variable "from_pod_identity" {
  description = "account: whether the exporter in it has its credentials by EKS Pod Identity, whose sessions pass on tags."
  type        = bool
  default     = false
}

variable "external_id" {
  description = "account: the external_id of the configuration."
  type        = string
  default     = ""
  sensitive   = true
}

variable "assume_role_arns" {
  description = "The roles of the configuration, where the exporter runs outside the management account. Empty: the role reads the organization itself."
  type        = list(string)
  default     = []
}

variable "report_on_policies" {
  description = "Whether the configuration has targets.policies enabled."
  type        = bool
  default     = false
}

variable "state_table" {
  description = "A DynamoDB table to make, in which replicas share their state. None if empty."
  type        = string
  default     = ""
}

variable "point_in_time_recovery" {
  description = "Whether the table can be had as it was at any moment of the last 35 days, which costs by its size."
  type        = bool
  default     = false
}

variable "state_key_arn" {
  description = "The ARN of a customer key that encrypts the table. DynamoDB's own if empty."
  type        = string
  default     = ""
}

variable "permissions_boundary" {
  description = "The ARN of a policy that bounds the role."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
