cli-arg-group-by = Gruppiert die Tabelle nach Fläche, Regel, Amt oder Stadtteil
cli-column-rules-here = Regeln hier
export-column-site = Potenzialfläche
export-column-district = Stadtteil
export-column-rules-here = Regeln am Ort
group-none = ohne Gruppen
group-site = nach Fläche
group-rule = nach Regel
group-office = nach Amt
group-district = nach Stadtteil
group-heat = Regeln hier
group-since = Weg seit
group-note = Notiz
group-gone-why = Über diese Konflikte wurde entschieden, und die letzte Prüfung findet sie nicht mehr. Die Entscheidungen bleiben erhalten; kehrt ein Konflikt zurück, steht seine Entscheidung wieder dabei.
group-gone = { $n ->
    [one] Eine Entscheidung, deren Konflikt nicht mehr gefunden wird
   *[other] { $n } Entscheidungen, deren Konflikte nicht mehr gefunden werden
}
group-on-map = Dichte: Regeln, die auf einer Fläche zusammentreffen
group-legend = Regeln im Konflikt auf einer Fläche
