looks-conflict-only-there = Gibt es nur in „{ $name }“: In der gezeigten Planung ist dieser Konflikt gelöst.
looks-only-there = nur hier: { $name }
looks-nothing = keine Folgen für Konflikte
looks-unnamed = { $layer } · neu { $mark }
looks-origin-drawn = Gezeichnet in der Variante „{ $plan }“ ({ $author }); die Angaben stammen aus ihr.
looks-origin-changed = In der Variante „{ $plan }“ ({ $author }) geändert; im Bestand aus:
