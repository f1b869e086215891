cli-arg-group-by = Groups the table by site, rule, office or district
cli-column-rules-here = rules here
export-column-site = site
export-column-district = district
export-column-rules-here = rules here
