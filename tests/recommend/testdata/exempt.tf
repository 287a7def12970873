# By org-access-exporter 1.2.3, for Unit (ou-ab12-cdefghij), o-a/r-b/ou-ab12-cdefghij
# Organization prod o-a; access report of 2026-09-21T14:13:20Z
# Note: AWS's data is up to 4 hours late, and counts attempts, denied ones too
# Note: AWS does not track ap-east-2, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-west-1, mx-central-1: a service used only there looks never used
# Note: what is needed once a year may not show within 90 days
# Note: service-linked roles are bound by no SCP: what they do goes on, and may be among the uses
# Note: exempt: arn:aws:iam::*:role/AWSControlTowerExecution, arn:aws:iam::*:role/Rescue, arn:aws:iam::*:role/aws-controltower-*; what they use counts as used
# Note: AWS counts a denial under a condition as none: the numbers of the reports do not change
# Note: the root users of the accounts are not exempt: they are bound

resource "aws_organizations_policy" "deny_unused_ou_ab12_cdefghij" {
  name        = "deny-unused-ou-ab12-cdefghij"
  description = "Services that nobody used for 90 days are denied"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "DenyUnusedServices"
      Effect = "Deny"
      Action = [
        "a:*",                      # never used in the tracking period, by none of 1 account
        "bcd:*",                    # last used 2026-06-13T14:13:20Z by old (111111111111) in eu-west-1
        "long-name-of-a-service:*", # never used in the tracking period, by none of 1 account
      ]
      Resource = "*"
      Condition = {
        ArnNotLike = {
          "aws:PrincipalArn" = ["arn:aws:iam::*:role/AWSControlTowerExecution", "arn:aws:iam::*:role/Rescue", "arn:aws:iam::*:role/aws-controltower-*"]
        }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "deny_unused_ou_ab12_cdefghij" {
  policy_id = aws_organizations_policy.deny_unused_ou_ab12_cdefghij.id
  target_id = "ou-ab12-cdefghij"
}
