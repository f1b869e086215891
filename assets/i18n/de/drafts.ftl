# Entwürfe aus einer Datei in die offene Variante übernehmen.
drafts-open = Entwürfe aus Datei
drafts-open-what = Geodatei mit Flächen, Linien oder Punkten, die in die Variante übernommen werden sollen:
drafts-button = Aus Datei übernehmen …
drafts-path = Pfad der Datei eingeben
drafts-where = Aufnehmen als
drafts-as-layer = Ebene des Projekts
drafts-as-draft = Entwurf in „{ $name }“
drafts-why = Die Objekte werden Teil der Variante: ein Schritt im Verlauf, der sich zurücknehmen lässt. Der Bestand bleibt, wie er ist.
drafts-take = In die Variante
drafts-sum = { $taken } von { $read } Objekten kommen in die Variante
drafts-sum-all = { $n ->
    [one] 1 Objekt kommt in die Variante
   *[other] { $n } Objekte kommen in die Variante
}
drafts-dropped = Bleibt weg
drafts-more = … und { $n } weitere
drafts-none = Kein Objekt passt in diese Ebene.
