"""The same access as the policies and commands of the sources give, as Terraform. Texts only, a part of sources.

Placeholders are those of `contract.Permission`; no text uses Terraform's own interpolation, which looks like them.
"""

from __future__ import annotations

from typing import Final

from collectors.sources.contract import Permission

TITLE: Final = "Role and policies"

_ROLE: Final = """\
resource "aws_iam_role" "cost_reader" {
  name = "cost-reader"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "${SERVICE_ROLE_ARN}" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = "${external_id}" } }
    }]
  })
}
"""
_BUCKET: Final = """
resource "aws_iam_role_policy" "cost_reader" {
  name = "cost-reader"
  role = aws_iam_role.cost_reader.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = "arn:aws:s3:::${bucket}"
        Condition = { StringLike = { "s3:prefix" = ["${prefix}/*"] } }
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::${bucket}/${prefix}/*"
      }
    ]
  })
}
"""
_EVERYWHERE: Final = """
resource "aws_iam_role_policy" "cost_reader" {
  name = "cost-reader"
  role = aws_iam_role.cost_reader.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ACTIONS, Resource = "*" }]
  })
}
"""
_CONTAINER: Final = """\
resource "azurerm_role_assignment" "cost_reader" {
  principal_id         = "${PRINCIPAL_ID}"
  role_definition_name = "Storage Blob Data Reader"
  scope                = "SCOPE"
}
"""
_DATA_SET: Final = """\
resource "google_service_account" "cost_reader" {
  project    = "${project}"
  account_id = "cost-reader"
}

resource "google_project_iam_member" "cost_reader" {
  project = "${project}"
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.cost_reader.member
}

resource "google_bigquery_dataset_iam_member" "cost_reader" {
  project    = "${EXPORT_PROJECT}"
  dataset_id = "${EXPORT_DATASET}"
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.cost_reader.member
}
"""


def _text(template: str, actions: tuple[str, ...]) -> Permission:
    return Permission("terraform", TITLE, "hcl", template.rstrip("\n"), required=False, actions=actions)


def aws_bucket() -> Permission:
    """A role that lists and reads below one prefix."""
    return _text(_ROLE + _BUCKET, ("sts:AssumeRole", "s3:ListBucket", "s3:GetObject"))


def aws_actions(*actions: str) -> Permission:
    """A role with actions that know no narrower resource."""
    listed = "[" + ", ".join(f'"{action}"' for action in actions) + "]"
    return _text(_ROLE + _EVERYWHERE.replace("ACTIONS", listed), ("sts:AssumeRole", *actions))


def azure_role(role: str, scope: str, *actions: str) -> Permission:
    return _text(_CONTAINER.replace("Storage Blob Data Reader", role).replace("SCOPE", scope), actions)


def gcp_data_set() -> Permission:
    return _text(_DATA_SET, ("bigquery.jobs.create", "bigquery.tables.get", "bigquery.tables.getData"))
