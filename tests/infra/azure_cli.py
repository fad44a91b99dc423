"""Calls of `az` and `azd` in scripts, documents and code, held against what these programs take.

Stand-ins answer any call. The commands and options here were read in the source of `az` 2.91 and of `azd`'s documents:
whoever uses another one adds it after a look there.
"""

import re
from collections.abc import Iterator

EVERYWHERE = {"--query", "--output", "--only-show-errors"}
KNOWN = {
    "az account get-access-token": "--resource-type --resource --scope --tenant",
    "az ad app create": "--display-name --sign-in-audience",
    "az ad app delete": "--id",
    "az ad app federated-credential list": "--id",
    "az ad app list": "--filter --display-name",
    "az ad app permission grant": "--id --api --scope",
    "az ad app permission list-grants": "--id",
    "az ad app show": "--id",
    "az ad group create": "--display-name --mail-nickname",
    "az ad group member add": "--group --member-id",
    "az ad group show": "--group",
    "az ad signed-in-user show": "",
    "az ad sp create": "--id",
    "az ad sp show": "--id",
    "az ad sp update": "--id --set",
    "az ad user delete": "--id",
    "az ad user show": "--id",
    "az bicep build": "--file --stdout",
    "az deployment group create": "--resource-group --template-file --parameters",
    "az functionapp config hostname add": "--resource-group --name --hostname",
    "az functionapp config hostname delete": "--resource-group --name --hostname",
    "az functionapp config hostname list": "--resource-group --webapp-name",
    "az keyvault secret set": "--vault-name --name --file",
    "az keyvault secret show": "--vault-name --name",
    "az login": "",
    "az postgres flexible-server delete": "--resource-group --name --yes",
    "az postgres flexible-server firewall-rule create": (
        "--resource-group --server-name --name --start-ip-address --end-ip-address"
    ),
    "az postgres flexible-server firewall-rule delete": "--resource-group --server-name --name --yes",
    "az postgres flexible-server restore": (
        "--resource-group --name --source-server --restore-time --subnet --private-dns-zone"
    ),
    "az postgres flexible-server show": "--resource-group --name",
    "az provider register": "--namespace",
    "az resource show": "--resource-group --name --resource-type",
    "az rest": "--method --url --body --headers --resource",
    "az role assignment create": "--assignee --role --scope",
    "azd auth login": "",
    "azd deploy": "--from-package",
    "azd down": "",
    "azd env get-values": "",
    "azd env new": "",
    "azd env set": "",
    "azd provision": "--preview",
}
CALL = re.compile(r"(?<![\w./-])(azd? [a-z][a-z-]*(?: [a-z][a-z-]*)*)((?:(?!&&|(?<![\w./-])azd? [a-z]).)*)")
"""A command with the words behind it, and what stands behind those until the next one."""
OPTION = re.compile(r"(?<!\S)--[a-z-]+")


def unknown_in(text: str) -> Iterator[str]:
    """Yield every call in *text* that no command is known for, and every option that its command does not take."""
    for words, rest in CALL.findall(text.replace("\\\n", " ")):
        parts = words.split()
        starts = [" ".join(parts[:length]) for length in range(len(parts), 1, -1)]
        command = next((start for start in starts if start in KNOWN), None)
        if command is None:
            yield words
        else:
            known = EVERYWHERE | set(KNOWN[command].split())
            yield from (f"{command} {option}" for option in OPTION.findall(rest) if option not in known)
