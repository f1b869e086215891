cli-arg-group-by = Gruppiert die Tabelle nach Fläche, Regel, Amt oder Stadtteil
cli-column-rules-here = Regeln hier
export-column-site = Potenzialfläche
export-column-district = Stadtteil
export-column-rules-here = Regeln am Ort
