# By org-access-exporter 1.2.3, for Unit (ou-ab12-cdefghij), o-a/r-b/ou-ab12-cdefghij
# Organization prod o-a; access report of 2026-09-21T14:13:20Z
# Note: AWS's data is up to 4 hours late, and counts attempts, denied ones too
# Note: AWS does not track ap-east-2, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-west-1, mx-central-1: a service used only there looks never used
# Note: what is needed once a year may not show within 90 days
# Note: service-linked roles are bound by no SCP: what they do goes on, and may be among the uses
# Note: nobody is exempt: no break-glass role (see --exempt-principal), no root user of an account
# Note: an allow list also denies services that AWS does not report on, and those of tomorrow

resource "aws_organizations_policy" "deny_unused_ou_ab12_cdefghij" {
  name        = "deny-unused-ou-ab12-cdefghij"
  description = "Services that nobody used for 90 days are denied"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "DenyUnusedServices"
      Effect = "Deny"
      NotAction = [
        "access-analyzer:*",                 # spared whether it is listed or not
        "account:*",                         # spared whether it is listed or not
        "account-access:*",                  # spared whether it is listed or not
        "acm:*",                             # spared whether it is listed or not
        "acm-pca:*",                         # spared whether it is listed or not
        "arc-region-switch:*",               # spared whether it is listed or not
        "arc-zonal-shift:*",                 # spared whether it is listed or not
        "artifact:*",                        # spared whether it is listed or not
        "auditmanager:*",                    # spared whether it is listed or not
        "aws-marketplace:*",                 # spared whether it is listed or not
        "aws-marketplace-management:*",      # spared whether it is listed or not
        "aws-portal:*",                      # spared whether it is listed or not
        "backup:*",                          # spared whether it is listed or not
        "backup-gateway:*",                  # spared whether it is listed or not
        "backup-search:*",                   # spared whether it is listed or not
        "backup-storage:*",                  # spared whether it is listed or not
        "bcm-dashboards:*",                  # spared whether it is listed or not
        "bcm-data-exports:*",                # spared whether it is listed or not
        "bcm-pricing-calculator:*",          # spared whether it is listed or not
        "bcm-recommended-actions:*",         # spared whether it is listed or not
        "billing:*",                         # spared whether it is listed or not
        "billingconductor:*",                # spared whether it is listed or not
        "budgets:*",                         # spared whether it is listed or not
        "ce:*",                              # spared whether it is listed or not
        "chatbot:*",                         # spared whether it is listed or not
        "cloudformation:*",                  # spared whether it is listed or not
        "cloudhsm:*",                        # spared whether it is listed or not
        "cloudshell:*",                      # spared whether it is listed or not
        "cloudtrail:*",                      # spared whether it is listed or not
        "cloudtrail-data:*",                 # spared whether it is listed or not
        "cloudwatch:*",                      # spared whether it is listed or not
        "config:*",                          # spared whether it is listed or not
        "consoleapp:*",                      # spared whether it is listed or not
        "consolidatedbilling:*",             # spared whether it is listed or not
        "controlcatalog:*",                  # spared whether it is listed or not
        "controltower:*",                    # spared whether it is listed or not
        "cost-optimization-hub:*",           # spared whether it is listed or not
        "cur:*",                             # spared whether it is listed or not
        "customer-verification:*",           # spared whether it is listed or not
        "detective:*",                       # spared whether it is listed or not
        "dlm:*",                             # spared whether it is listed or not
        "drs:*",                             # spared whether it is listed or not
        "ds:*",                              # spared whether it is listed or not
        "ds-data:*",                         # spared whether it is listed or not
        "eks-auth:*",                        # spared whether it is listed or not
        "events:*",                          # spared whether it is listed or not
        "fms:*",                             # spared whether it is listed or not
        "freetier:*",                        # spared whether it is listed or not
        "guardduty:*",                       # spared whether it is listed or not
        "health:*",                          # spared whether it is listed or not
        "iam:*",                             # spared whether it is listed or not
        "identity-sync:*",                   # spared whether it is listed or not
        "identitystore:*",                   # spared whether it is listed or not
        "identitystore-auth:*",              # spared whether it is listed or not
        "in-use:*",                          # used 2026-09-20T14:13:20Z by old (111111111111) in eu-west-1
        "inspector:*",                       # spared whether it is listed or not
        "inspector-scan:*",                  # spared whether it is listed or not
        "inspector2:*",                      # spared whether it is listed or not
        "inspector2-telemetry:*",            # spared whether it is listed or not
        "invoicing:*",                       # spared whether it is listed or not
        "kms:*",                             # spared whether it is listed or not
        "license-manager:*",                 # spared whether it is listed or not
        "logs:*",                            # spared whether it is listed or not
        "macie2:*",                          # spared whether it is listed or not
        "mpa:*",                             # spared whether it is listed or not
        "network-firewall:*",                # spared whether it is listed or not
        "network-security-director:*",       # spared whether it is listed or not
        "network-security-manager:*",        # spared whether it is listed or not
        "notifications:*",                   # spared whether it is listed or not
        "notifications-contacts:*",          # spared whether it is listed or not
        "oam:*",                             # spared whether it is listed or not
        "observabilityadmin:*",              # spared whether it is listed or not
        "organizations:*",                   # spared whether it is listed or not
        "payment-cryptography:*",            # spared whether it is listed or not
        "payments:*",                        # spared whether it is listed or not
        "pricing:*",                         # spared whether it is listed or not
        "pricingplanmanager:*",              # spared whether it is listed or not
        "purchase-orders:*",                 # spared whether it is listed or not
        "ram:*",                             # spared whether it is listed or not
        "rbin:*",                            # spared whether it is listed or not
        "resiliencehub:*",                   # spared whether it is listed or not
        "resource-explorer:*",               # spared whether it is listed or not
        "resource-explorer-2:*",             # spared whether it is listed or not
        "resource-groups:*",                 # spared whether it is listed or not
        "rolesanywhere:*",                   # spared whether it is listed or not
        "route53-recovery-cluster:*",        # spared whether it is listed or not
        "route53-recovery-control-config:*", # spared whether it is listed or not
        "route53-recovery-readiness:*",      # spared whether it is listed or not
        "route53domains:*",                  # spared whether it is listed or not
        "savingsplans:*",                    # spared whether it is listed or not
        "security-ir:*",                     # spared whether it is listed or not
        "securityhub:*",                     # spared whether it is listed or not
        "securitylake:*",                    # spared whether it is listed or not
        "servicecatalog:*",                  # spared whether it is listed or not
        "servicequotas:*",                   # spared whether it is listed or not
        "shield:*",                          # spared whether it is listed or not
        "signin:*",                          # spared whether it is listed or not
        "sns:*",                             # spared whether it is listed or not
        "sso:*",                             # spared whether it is listed or not
        "sso-directory:*",                   # spared whether it is listed or not
        "sso-oauth:*",                       # spared whether it is listed or not
        "sts:*",                             # spared whether it is listed or not
        "support:*",                         # spared whether it is listed or not
        "support-console:*",                 # spared whether it is listed or not
        "supportapp:*",                      # spared whether it is listed or not
        "supportauthz:*",                    # spared whether it is listed or not
        "supportplans:*",                    # spared whether it is listed or not
        "tag:*",                             # spared whether it is listed or not
        "tax:*",                             # spared whether it is listed or not
        "trustedadvisor:*",                  # spared whether it is listed or not
        "ts:*",                              # spared whether it is listed or not
        "uxc:*",                             # spared whether it is listed or not
        "waf:*",                             # spared whether it is listed or not
        "waf-regional:*",                    # spared whether it is listed or not
        "wafv2:*",                           # spared whether it is listed or not
      ]
      Resource = "*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "deny_unused_ou_ab12_cdefghij" {
  policy_id = aws_organizations_policy.deny_unused_ou_ab12_cdefghij.id
  target_id = "ou-ab12-cdefghij"
}
