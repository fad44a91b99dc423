"""Every form of the register, by the last step of its address: those of a municipality, and those of the programme."""

from collections.abc import Callable, Mapping

from web.register.forms import (
    calendar,
    cooperation,
    local_entries,
    local_rhythm,
    local_values,
    packages,
    people,
    places,
    programme,
)
from web.register.forms.form import EditForm, FormContext

Builder = Callable[[FormContext], EditForm]

_EVERYWHERE: Mapping[str, Builder] = {
    "person-ny": people.new_person,
    "person": people.person,
    "person-ut": people.remove_person,
    "rolle-ny": people.new_role,
    "rolle-bytt": people.replace,
    "rolle-slutt": people.end_role,
    "avtale": cooperation.agreement,
    "partner-ut": cooperation.take_out("partners", "partner.removed", "organisation", cooperation.COOPERATION),
    "interessent": cooperation.stakeholder,
    "interessent-ut": cooperation.take_out("stakeholders", "stakeholder.removed", "key", cooperation.COOPERATION),
    "budsjett": cooperation.budget_line,
    "budsjett-ut": cooperation.take_out("budget", "budget.removed", "key", cooperation.MONEY, {"spending": "line"}),
    "forbruk": cooperation.spending,
    "framdrift": cooperation.progress,
    "skoleferie": calendar.school_break,
    "skoleferie-ut": calendar.remove_school_break,
    "lokalt": local_values.override,
    "som-malen": local_values.no_override,
    "lokalt-punkt": local_entries.change,
    "lokalt-nytt": local_entries.new,
    "punkt-som-malen": local_entries.as_template,
    "rytme-ny": local_rhythm.new,
    "rytme-ut": local_rhythm.remove,
}
MUNICIPALITY_FORMS: Mapping[str, Builder] = {
    **_EVERYWHERE,
    "pakke-ny": packages.new,
    "pakke": packages.change,
    "pakke-styre": packages.board,
    "pakke-styre-ut": packages.board_out,
    "pakke-vedta": packages.adopt,
    "pakke-slutt": packages.end,
    "pakke-gjenoppta": packages.reopen,
    "malepunkt": packages.indicator,
    "malepunkt-ut": packages.remove_indicator,
    "motedatoer": places.meeting_dates,
    "motedato-las": places.lock_date,
    "motedato-frigi": places.unlock_date,
}
COUNTY_FORMS: Mapping[str, Builder] = {
    **_EVERYWHERE,
    "aktivitet": cooperation.activity,
    "aktivitet-ut": cooperation.take_out(
        "activities", "activity.removed", "key", cooperation.PLAN, {"progress": "activity"}
    ),
    "fridager": calendar.days_off,
    "opptatt-dag": calendar.busy_day,
    "opptatt-dag-ut": calendar.remove_busy_day,
    "sendetid": calendar.sending,
    "kommune": places.municipality,
    "kommune-slutt": places.leaves,
    "kommune-blir": places.stays,
    "programmet": programme.head,
    "tema": programme.theme,
    "tema-ut": programme.remove_theme,
    "organisasjon": programme.organisation,
    "organisasjon-ut": programme.remove_organisation,
    "skole": programme.school,
    "skole-ut": programme.remove_school,
}
