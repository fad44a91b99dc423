"""The environment of a service that speaks to the sandbox instead of Microsoft 365."""

from sandbox.platform.sign_ins import ANSATTPORTEN_CLIENT, integration_key_text
from sandbox.tenant.cloud import Cloud

IDENTITIES = ("app", "bot", "hands", "builder", "door")


def service_environment(cloud: Cloud, base_url: str) -> dict[str, str]:
    """Return the variables of a service for a sandbox at *base_url*, but not its clock: sharing that is a choice."""
    tenant = cloud.tenant
    ids = {found.name: found.client_id for found in tenant.identities.values()}
    return {
        "VAREUNGE_GRAPH_URL": f"{base_url}/v1.0",
        "VAREUNGE_BOT_SERVICE_URL": f"{base_url}/connector",
        "VAREUNGE_BOT_METADATA_URL": f"{base_url}/connector/.well-known/openidconfiguration",
        "VAREUNGE_AUTHORITY_URL": base_url,
        "VAREUNGE_ANSATTPORTEN_URL": f"{base_url}/ansattporten",
        "VAREUNGE_ANSATTPORTEN_CLIENT_ID": ANSATTPORTEN_CLIENT,
        "VAREUNGE_ANSATTPORTEN_KEY": integration_key_text(),
        "VAREUNGE_TENANT_ID": tenant.id,
        **{f"VAREUNGE_{name.upper()}_ID": ids[name] for name in IDENTITIES if name in ids},
        "VAREUNGE_ORGANIZER": ",".join(person.email for person in tenant.seed.organizers),
        "IDENTITY_ENDPOINT": f"{base_url}/msi/token",
        "IDENTITY_HEADER": cloud.secret,
    }
