combine-title = Ebene aus Ebenen bilden
combine-operation = Verfahren
combine-layers = Ebenen
combine-distance = Entfernung
combine-preview = Vorschau
combine-name = Name
combine-save = Im Projekt behalten
combine-cancel = Abbrechen
combine-add = Weitere Ebene
combine-remove = Ebene entfernen
combine-choose = Ebene wählen
combine-working = wird berechnet …
combine-incomplete = Bitte Ebenen wählen und Fehlendes ergänzen.
combine-merge = Aneinandergrenzende Flächen verschmelzen (Merkmale entfallen)
combine-undeclared = Was die Ebenen abdecken, ist nicht erklärt: Wo nichts liegt, ist angenommen.
combine-error = Die Ebene lässt sich nicht behalten
combine-what-intersection = Was von der ersten Ebene in allen anderen liegt.
combine-what-difference = Was von der ersten Ebene in keiner der anderen liegt, soweit deren Daten reichen.
combine-what-union = Was in irgendeiner der Ebenen liegt.
combine-what-buffer = Was innerhalb einer Entfernung der Ebene liegt; eine negative verkleinert Flächen.
combine-what-filter = Objekte der Ebene, für die der Filter zutrifft.
combine-distance-hint = negativ verkleinert Flächen
combine-name-hint = etwa Ruhige Potenzialflächen
combine-filter-hint = Filter (CQL2), etwa lden_db >= 65
combine-replaces = { $id } gibt es schon und wird ersetzt
combine-no-attribute = Ein Merkmal „{ $name }“ gibt es nicht. Vorhanden: { $has }.
combine-passes = { $n } von { $all } Objekten erfüllen ihn.
combine-features = { $n ->
    [one] Ein Objekt
   *[other] { $n } Objekte
}
