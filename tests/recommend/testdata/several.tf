# By org-access-exporter 1.2.3, for Unit (ou-ab12-cdefghij), o-a/r-b/ou-ab12-cdefghij
# Organization prod o-a; access report of 2026-09-21T14:13:20Z
# Note: AWS's data is up to 4 hours late, and counts attempts, denied ones too
# Note: AWS does not track ap-east-2, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-west-1, mx-central-1: a service used only there looks never used
# Note: what is needed once a year may not show within 90 days
# Note: service-linked roles are bound by no SCP: what they do goes on, and may be among the uses
# Note: nobody is exempt: no break-glass role (see --exempt-principal), no root user of an account

resource "aws_organizations_policy" "deny_unused_ou_ab12_cdefghij_1" {
  name        = "deny-unused-ou-ab12-cdefghij-1"
  description = "Services that nobody used for 90 days are denied"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "DenyUnusedServices"
      Effect = "Deny"
      Action = [
        "a:*",   # never used in the tracking period, by none of 1 account
        "bcd:*", # last used 2026-06-13T14:13:20Z by old (111111111111) in eu-west-1
      ]
      Resource = "*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "deny_unused_ou_ab12_cdefghij_1" {
  policy_id = aws_organizations_policy.deny_unused_ou_ab12_cdefghij_1.id
  target_id = "ou-ab12-cdefghij"
}

resource "aws_organizations_policy" "deny_unused_ou_ab12_cdefghij_2" {
  name        = "deny-unused-ou-ab12-cdefghij-2"
  description = "Services that nobody used for 90 days are denied"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "DenyUnusedServices"
      Effect = "Deny"
      Action = [
        "long-name-of-a-service:*", # never used in the tracking period, by none of 1 account
      ]
      Resource = "*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "deny_unused_ou_ab12_cdefghij_2" {
  policy_id = aws_organizations_policy.deny_unused_ou_ab12_cdefghij_2.id
  target_id = "ou-ab12-cdefghij"
}
