#!/usr/bin/env bash
# Prints the number of each event of an operation, told as Server-Sent Events to curl; connects again until the last one.
set -u
last=0
while :; do
    status=$(mktemp)
    # What a connection that broke left half-told does not count.
    id= data=
    while IFS= read -r line; do
        line=${line%$'\r'}
        case "$line" in
            'id: '*) id=${line#id: } ;;
            'data: '*) data=${line#data: } ;;
            '') if [ -n "${data:-}" ]; then last=$id; echo "$last"; fi; data= ;;
        esac
    done < <(curl -sN --max-time 60 -w '%{stderr}%{http_code}\n' -H "Last-Event-ID: $last" "$1/v1/operations/$2/events" 2> "$status")
    code=$(cat "$status")
    rm -f "$status"
    if [ "$code" = 204 ]; then exit 0; fi
    sleep 0.05
done
