"""Groups of services, by patterns of namespaces, since AWS adds services every month."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "Compute": (
        "ec2|ec2-instance-connect|autoscaling.*|application-autoscaling|lambda|ecs|ecr|ecr-public|"
        "eks|eks-auth|batch|apprunner|elasticbeanstalk|lightsail|imagebuilder|serverlessrepo|"
        "outposts|evs|pcs|compute-optimizer"
    ),
    "Storage": (
        "s3.*|ebs|elasticfilesystem|fsx|glacier|backup.*|storagegateway|rbin|dlm|datasync|transfer|"
        "snowball|snow-device-management|drs|importexport"
    ),
    "Databases": (
        "rds.*|dynamodb|dax|dsql|elasticache|memorydb|docdb-elastic|neptune-.*|cassandra|qldb|"
        "timestream.*|odb|sdb|dms|dbqms"
    ),
    "Analytics": (
        "athena|glue|databrew|elasticmapreduce|emr-.*|redshift.*|kinesis.*|firehose|kafka.*|es|aoss|"
        "opensearch|osis|quicksight|lakeformation|datazone|dataexchange|datapipeline|cleanrooms.*|"
        "cloudsearch|finspace.*|entityresolution|sqlworkbench|airflow.*"
    ),
    "AI": (
        "bedrock.*|sagemaker.*|comprehend.*|rekognition|textract|transcribe|translate|polly|lex|"
        "kendra.*|personalize|forecast|frauddetector|lookout.*|machinelearning|q|qapps|qbusiness|"
        "nova-act|aws-external-anthropic|agent-registry|groundtruthlabeling|medical-imaging|"
        "healthlake|omics"
    ),
    "Network": (
        "apigateway|execute-api|cloudfront.*|route53.*|elasticloadbalancing|globalaccelerator|"
        "directconnect|vpc-lattice.*|vpce|network.*|tiros|appmesh.*|servicediscovery|internetmonitor|"
        "private-networks|interconnect"
    ),
    "Security": (
        "iam|sts|sso.*|identity.*|signin|access-analyzer|kms|acm.*|secretsmanager|cloudhsm|guardduty|"
        "inspector.*|macie2|detective|security.*|shield|waf.*|cognito-.*|rolesanywhere|verified.*|"
        "auditmanager|artifact|ds|ds-data|clouddirectory|payment-cryptography|signer|"
        "pca-connector-.*|ram|account-access"
    ),
    "Admin": (
        "organizations|account|controltower|controlcatalog|cloudformation|cloudtrail.*|cloudwatch|"
        "logs|config|ssm.*|ec2messages|tag|resource-.*|servicequotas|servicecatalog|health|"
        "health-agent|support.*|trustedadvisor|wellarchitected|license-manager.*|xray|oam|rum|"
        "synthetics|appconfig|fis|resiliencehub|arc-.*|chatbot|monitron|grafana|aps|"
        "observabilityadmin|application-signals|notifications.*|proton|launchwizard|"
        "billing.*|budgets|bcm-.*|ce|cur|cost-optimization-hub|consolidatedbilling|freetier|"
        "invoicing|payments|pricing.*|purchase-orders|savingsplans|tax|aws-marketplace.*|aws-portal|"
        "marketplacecommerceanalytics|sustainability"
    ),
    "Dev tools": (
        "code.*|cloud9|cloudshell|devicefarm|amplify.*|appstudio|honeycode|bugbust|qdeveloper|"
        "devops-guru|aidevops|aiops|apptest"
    ),
    "Messaging": (
        "sns|sqs|ses|events|pipes|scheduler|schemas|states|swf|mq|appsync|appflow|app-integrations|"
        "connect.*|mobiletargeting|sms|sms-voice|social-messaging|b2bi"
    ),
    "IoT, media": (
        "iot.*|greengrass|freertos|panorama|media.*|elemental.*|elastictranscoder|ivs.*|nimble|"
        "deadline|gamelift.*|robomaker|simspaceweaver"
    ),
}
"""Patterns as PromQL takes them: each fits whole namespaces, and no namespace fits two."""

OTHERS = "Others"
