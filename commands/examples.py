"""Examples shown under each command's help. A test reads every one of them as the terminal does."""

from collections.abc import Mapping

MUNICIPALITY = "key of a municipality, such as fjordvik: its `slug:` in the programme's YAML"
"""Help of the argument M, everywhere."""

EXAMPLES: Mapping[str, str] = {
    "acceptance": "vareunge acceptance prove --owner it@test.example --guest gjest@annen.example",
    "audit": """\
vareunge audit                         the latest acts
vareunge audit --verify                exit code 1 when the chain does not hold; prints its head, to be kept elsewhere
vareunge audit --csv audit.csv         all of it, for a spreadsheet or an archive""",
    "demo": """\
vareunge demo                          play the loop, check it, end
vareunge demo --keep                   leave it running to look around
vareunge demo --programme config/velferd    play another programme
vareunge demo --allow a@x.example --allow b@x.example    rehearse with two people""",
    "sandbox": """\
vareunge sandbox                       print the settings that lead to it, and serve
vareunge sandbox --env sandbox.env     write them as well; then, in another shell: . ./sandbox.env""",
    "serve": """\
vareunge serve                         on this machine
vareunge serve --host 0.0.0.0 --port 8080""",
    "tick": """\
vareunge tick
vareunge tick --now 2026-09-08T07:00:00Z""",
    "migrate": "vareunge migrate",
    "doctor": """\
vareunge doctor
vareunge doctor --json                 for programs, in English""",
    "stopped": """\
vareunge stopped                       what stands still, why, and what to do
vareunge stopped --again rollout.place:fjordvik""",
    "check": """\
vareunge check config/vestfold
vareunge check config/vestfold --json    for programs, in English""",
    "import": """\
vareunge import config/vestfold        asks when people edited on pages what it would overwrite
vareunge import config/vestfold --yes    for programs""",
    "export": "vareunge export register",
    "municipalities": "vareunge municipalities import klass-131.json",
    "plan": """\
vareunge plan fjordvik dalen
vareunge plan fjordvik --json""",
    "rollout": """\
vareunge rollout fjordvik                make it so, and wait
vareunge rollout --all --no-wait       only order it
vareunge rollout fjordvik --restore channel:board
vareunge rollout fjordvik --restore channel:board --no-wait""",
    "drift": "vareunge drift",
    "guests": "vareunge guests",
    "partners": "vareunge partners",
    "close": """\
vareunge close                         what stands open, and what keeps it from being closed
vareunge close --apply                 after the last day, once the archive has every paper
vareunge close --apply --no-wait       order it where no identity of ours is, going by what is noted
vareunge close --proof bevis/          how each place was left, and the head of the audit""",
    "wind-down": """\
vareunge wind-down                     show what ends, and ask
vareunge wind-down --yes               for programs
vareunge wind-down --no-wait           only order it""",
    "meetings": """\
vareunge meetings fjordvik             list, and send nothing
vareunge meetings --book               show the invitations, ask, and book
vareunge meetings fjordvik --book --yes
vareunge meetings --move fjordvik/2026-09-08 2026-09-10T09:00 --reason "Salen er opptatt"
vareunge meetings fjordvik --agenda""",
    "status": """\
vareunge status open fjordvik            open the next round now
vareunge status remind fjordvik --number 2
vareunge status renew fjordvik --package fjordvik-loftet""",
    "report": """\
vareunge report fjordvik
vareunge report --owner-board""",
    "papers": """\
vareunge papers governance/              what a county demands: privacy, risk, threats, accessibility, packages
vareunge papers files papers/            every paper as PDF and Word
vareunge papers archive archive/         for the archive: arkivmelding with its files
vareunge papers receipts answers/        the archive's receipts, named as the messages
vareunge papers journal archive/         which papers the archive has, with its numbers
vareunge papers research research/       pseudonyms by the key in VAREUNGE_RESEARCH_KEY
vareunge papers evaluation out/ --year 2026
vareunge papers template out/            the Word file to edit; VAREUNGE_WORD_TEMPLATE names yours""",
    "access-request": """\
vareunge access-request kari@fjordvik.example innsyn/
vareunge access-request fjordvik/2026-09-08 innsyn/         a case: all that is held about one meeting
vareunge access-request fjordvik/2026/12 innsyn/            the board's case 12/26: question, decision, actions""",
    "redact": """\
vareunge redact                              asks for the text, and shows where it stands
vareunge redact --apply --basis "Personvernforordningen artikkel 17"
vareunge redact "Ola Elevsen" --parts        also within other words""",
    "retention": """\
vareunge retention                     what would end today, and why
vareunge retention --apply""",
    "outbox": """\
vareunge outbox
vareunge outbox --json                 for programs, in English""",
    "pause": """\
vareunge pause                         for everybody
vareunge pause fjordvik""",
    "resume": """\
vareunge resume
vareunge resume fjordvik""",
}
