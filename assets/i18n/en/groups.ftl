cli-arg-group-by = Groups the table by site, rule, office or district
cli-column-rules-here = rules here
export-column-site = site
export-column-district = district
export-column-rules-here = rules here
group-none = not grouped
group-site = by site
group-rule = by rule
group-office = by office
group-district = by district
group-heat = Rules here
group-since = Gone since
group-note = Note
group-gone-why = These conflicts were decided on, and the last check does not find them any more. The decisions are kept; should a conflict come back, its decision stands with it again.
group-gone = { $n ->
    [one] One decision whose conflict is no longer found
   *[other] { $n } decisions whose conflicts are no longer found
}
group-on-map = Heat: rules that meet at one site
group-legend = Rules in conflict at a site
