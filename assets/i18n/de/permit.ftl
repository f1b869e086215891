# Baurecht und Sonne von Plänen
cli-arg-check-existing = auch den Bestand nach Baurecht prüfen (sonst nur, was ein Plan ändert)
cli-rules-of-plans = Baurecht und Sonne in Plänen
