# By org-access-exporter 1.2.3, for Unit (ou-ab12-cdefghij), o-a/r-b/ou-ab12-cdefghij
# Organization prod o-a; access report of 2026-09-21T14:13:20Z
# Note: AWS's data is up to 4 hours late, and counts attempts, denied ones too
# Note: AWS does not track ap-east-2, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-west-1, mx-central-1: a service used only there looks never used
# Note: what is needed once a year may not show within 90 days
# Note: service-linked roles are bound by no SCP: what they do goes on, and may be among the uses
# Note: nobody is exempt: no break-glass role (see --exempt-principal), no root user of an account
# Note: what several SCPs on one entity allow adds up: this has no effect until p-12345678 is detached

resource "aws_organizations_policy" "allow_used_ou_ab12_cdefghij" {
  name        = "allow-used-ou-ab12-cdefghij"
  description = "Services that nobody used for 90 days are not allowed"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "AllowUsedServices"
      Effect = "Allow"
      Action = [
        "in-use:*", # used 2026-09-20T14:13:20Z by old (111111111111) in eu-west-1
      ]
      Resource = "*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "allow_used_ou_ab12_cdefghij" {
  policy_id = aws_organizations_policy.allow_used_ou_ab12_cdefghij.id
  target_id = "ou-ab12-cdefghij"
}
