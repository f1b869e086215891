looks-conflict-only-there = Gibt es nur in „{ $name }“: In der gezeigten Planung ist dieser Konflikt gelöst.
looks-only-there = nur hier: { $name }
looks-nothing = keine Folgen für Konflikte
looks-unnamed = { $layer } · neu { $mark }
