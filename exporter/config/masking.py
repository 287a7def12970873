"""The configuration in force, in the shape of its file, with secrets masked."""

from typing import Any

import yaml

from exporter.config.durations import format_duration
from exporter.config.secret import MASK
from exporter.config.settings import Config, OrganizationConfig, Protection
from exporter.model import Target


def masked(config: Config) -> dict[str, Any]:
    """Plain data for YAML or JSON with every key present; secrets that are set read ``<secret>``."""
    return {
        "organizations": list(map(_organization, config.organizations)),
        "collection": {
            "discovery_interval": format_duration(config.collection.discovery_interval),
            "job_timeout": format_duration(config.collection.job_timeout),
            "max_report_age": format_duration(config.collection.max_report_age),
            "follow_leads": config.collection.follow_leads,
            "slot_share": config.collection.slot_share,
        },
        "news": {
            "dormant_after": format_duration(config.news.dormant_after),
            "keep": format_duration(config.news.keep),
        },
        "protect": list(map(_protection, config.protect)),
    }


def masked_yaml(config: Config) -> str:
    """``masked`` as the text of a configuration file."""
    return yaml.safe_dump(masked(config), sort_keys=False, allow_unicode=True)


def _organization(config: OrganizationConfig) -> dict[str, Any]:
    targets = config.targets
    return {
        "name": config.name,
        "region": config.region,
        "profile": config.profile,
        "role_arn": config.role_arn,
        "external_id": None if config.external_id is None else MASK,
        "session_name": config.session_name,
        "endpoints": {
            "iam": config.endpoints.iam,
            "organizations": config.endpoints.organizations,
            "sts": config.endpoints.sts,
        },
        "targets": {
            "root": _target(targets.root),
            "ous": _target(targets.ous),
            "management_account": _target(targets.management_account),
            "accounts": _target(targets.accounts),
            "policies": _target(targets.policies) | {"ids": list(config.policy_ids)},
        },
        "job_ids": list(config.job_ids),
        "include": list(config.include),
        "exclude": list(config.exclude),
        "account_states": list(config.account_states),
        "protect": list(map(_protection, config.protect)),
    }


def _protection(protection: Protection) -> dict[str, Any]:
    expires = protection.expires and protection.expires.isoformat()
    return {"service": protection.service, "reason": protection.reason, "expires": expires}


def _target(target: Target) -> dict[str, Any]:
    return {
        "enabled": target.enabled,
        "refresh": format_duration(target.refresh),
        "services": target.services.value,
    }
