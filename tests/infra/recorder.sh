#!/bin/sh
# A stand-in for the programs that scripts call. It writes each call into the file `calls` of the folder $RECORDER: words end
# with the sign 037 (octal), calls with 036. It prints what stands below the first line of the first file in `answers` whose first line
# the call has, and ends with 1 when the call has a line of `fails`.
{ printf '%s\037' "${0##*/}" "$@" && printf '\036'; } >>"$RECORDER/calls"
said="${0##*/} $*"
for file in "$RECORDER"/answers/*; do
    [ -e "$file" ] || continue
    read -r words <"$file"
    case $said in *"$words"*) sed 1d "$file" && break ;; esac
done
while read -r words; do
    case $said in *"$words"*) exit 1 ;; esac
done <"$RECORDER/fails"
exit 0
