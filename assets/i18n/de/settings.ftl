# Schritte einer Variante neben dem Zeichnen: Gewichte, Farben, Ausblenden.
settings-step-hide = Ausgeblendet: { $what }
settings-step-show = Wieder eingeblendet: { $what }
settings-step-opacity = Deckkraft: { $what }
settings-step-colour = Farbe: { $what }
settings-step-weight = Gewicht { $name } ({ $use }): { $from } → { $to }
settings-step-weights = Gewichte { $use }: { $n } geändert
settings-default = Vorgabe
settings-step-import = Aus Datei: { $what }
settings-hide = Ausblenden
settings-show = Wieder einblenden
settings-show-all = Alle einblenden
settings-hidden = Ausgeblendet ({ $n })
settings-hidden-why = Nicht zu sehen, zählt aber überall mit; zum Wegnehmen „Abreißen“.
