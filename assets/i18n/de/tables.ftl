# Tabellen auf der Befehlszeile
cli-inspect-rows = { $n } Zeilen
cli-inspect-sheet = Blatt „{ $name }“
cli-inspect-delimiter = getrennt durch „{ $mark }“
cli-inspect-tab = Tabulator
cli-inspect-decimal-comma = Dezimalkomma
cli-inspect-decimal-point = Dezimalpunkt
cli-inspect-column = Spalte
cli-inspect-kind = Art
cli-inspect-filled = gefüllt
cli-inspect-marks = nicht angegeben
cli-inspect-samples = Beispiele
cli-inspect-kind-text = Text
cli-inspect-kind-integer = ganze Zahl
cli-inspect-kind-real = Zahl
cli-inspect-join-hint = Tabellen werden mit [[bind.join]] über einen Schlüssel an eine Ebene gehängt.
