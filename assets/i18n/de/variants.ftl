scenario-part-figure = Kennzahl
scenario-comparison = Vergleich
scenario-unknown-part = Unbekannter Teil
scenario-sites = { $n ->
    [one] { $n } Fläche
   *[other] { $n } Flächen
}
scenario-figures = Kennzahlen der Flächen
variants = Varianten
variants-none = Noch nichts zu vergleichen
variants-none-do = Beginnen Sie links unter „Planung“ eine Variante. Dann steht hier, worin sie sich vom Bestand und von anderen unterscheidet.
variants-before = Vorher
variants-other = Zum Vergleich
variants-now = Jetzt
variants-waiting = Der Vergleich wird vorbereitet …
variants-counting = Der Vergleich wird berechnet …
variants-indicators-counting = Indikatoren werden berechnet …
variants-indicators-same = Keine Änderung bei den Indikatoren
variants-single = Ein Bild (V)
variants-beside = Nebeneinander, eine Kamera (V)
variants-swipe = Wischen: ein Bild mit verschiebbarer Linie (V)
variants-divider = Linie zwischen den Bildern
variants-hold = B halten zeigt vorher
variants-unchanged = { $n } unveränderte zeigen
variants-copy = Als Tabelle kopieren
variants-save = Vergleich speichern
variants-save-what = Ziel der Datei. Die Endung entscheidet: .xlsx, .csv oder .json
variants-save-hint = /pfad/vergleich.xlsx
variants-saved = Vergleich gespeichert
variants-save-failed = Der Vergleich ließ sich nicht speichern
variants-file = vergleich.xlsx
variants-all-sites = Alle Flächen ({ $n })
variants-go = Zur Fläche
variants-given = Annahmen
variants-index = Baupreisindex (2010 = 100)
variants-factor = Regionalfaktor
variants-parking = Stellplätze je Wohnung
variants-standard = Standardstufe NHK 2010
variants-index-source = Index: { $source }
variants-usual = Übliche Annahmen
variants-help-next = Varianten vergleichen: nebeneinander, wischen, ein Bild
variants-help-hold = gehalten: Ansicht vorher
