recent = Zuletzt geöffnet
recent-open = { $folder } öffnen
recent-missing = nicht gefunden
recent-forget = Aus der Liste nehmen (das Projekt bleibt, wie es ist)
