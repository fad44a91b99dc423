"""«mine pakker»: the work packages that the asker leads, or looks after as local lead."""

from collections.abc import Iterator

import texts
from workflows.bot.command import Asker, BotReply, Command


async def answer(asker: Asker, rest: str) -> BotReply:
    """List the running packages that the asker is responsible for."""
    del rest
    return BotReply(lines=list(_packages(asker)) or [asker.say("bot.packages_none")])


def _packages(asker: Asker) -> Iterator[str]:
    for municipality in asker.programme.municipalities:
        for package in asker.programme.reporting_packages(municipality.slug, on=asker.today):
            is_own = package.municipality == municipality.slug
            if asker.leads_package(package.key):
                # Once, however many boards it reports to.
                if is_own:
                    yield asker.say("bot.package_lead", package=package.name, municipality=municipality.name)
            elif asker.is_local_lead(municipality.slug):
                board = texts.within(asker.programme.local_board(municipality.slug).name)
                yield (
                    asker.say("bot.package_local_lead", package=package.name, municipality=municipality.name)
                    if is_own
                    else asker.say("bot.package_reports", package=package.name, board=board)
                )


PACKAGES = Command(key="packages", answer=answer)
