# Texte der Oberfläche. Jeder Schlüssel steht auch in en/main.ftl.

## Leiste und Projekt
open = Öffnen
open-folder = Projektordner öffnen …
open-path = Pfad eingeben …
open-drop = Projekte und GIS-Dateien lassen sich auch in das Fenster ziehen.
open-project = Projekt öffnen
open-path-what = Ordner des Projekts oder seine Datei project.toml:
open-path-hint = z. B. /daten/musterstadt
open-path-missing = Unter diesem Pfad liegt nichts.
open-no-portal = Auf diesem Arbeitsplatz antwortet kein Dateidialog. Bitte den Pfad eingeben.
save = Speichern
save-hint = Bewertungen der Konflikte, Planung und Gruppen speichern (Strg+S)
unsaved = Es gibt Änderungen, die noch nicht gespeichert sind.
help = Hilfe
help-hint = Hilfe: Bewegen und Tasten (F1)
appearance-light = Helle Darstellung
appearance-dark = Dunkle Darstellung
language-switch = Sprache wechseln
cancel = Abbrechen
close = Schließen
loading = Projekt wird geöffnet
welcome = Stadt öffnen
welcome-text = Ein Projekt verbindet die Geodaten einer Stadt mit ihren Ebenen und zeigt, wo sich Nutzungen ausschließen.
welcome-demo = Noch keine Daten? „stadtschicht demo ORDNER“ erzeugt Musterstadt, eine synthetische Kleinstadt mit allen Ebenen.

## Ebenen
layers = Ebenen
layers-show-all = Alle Ebenen einblenden
layers-hide-all = Alle Ebenen ausblenden
layers-empty = Noch keine Stadt geöffnet
layers-empty-do = Oben links auf „Öffnen“ klicken oder einen Projektordner in das Fenster ziehen.
layers-filled = { $filled } von { $all } mit Daten
layers-extra = Hinzugefügte Dateien
layer-show = { $name } einblenden
layer-hide = { $name } ausblenden
layer-raise = Nach oben: über die nächste Ebene zeichnen
layer-lower = Nach unten: unter die vorige Ebene zeichnen
layer-zoom = Auf die Ebene zoomen
details-show = Legende und Quelle von { $name } zeigen
details-hide = Legende und Quelle von { $name } verbergen
opacity = Deckkraft
no-data = keine Daten
no-data-why = Ohne Daten ist nichts bekannt: Regeln, die diese Ebene brauchen, antworten mit „unbekannt“.
unofficial = nicht amtlich
unofficial-why = Modellergebnis, Schätzung oder Ersatz: kein amtlicher Datensatz.
data-date = Stand { $date }
date-unknown = Stand unbekannt

## Konflikte
conflicts = Konflikte
conflicts-no-project = Noch keine Konflikte
conflicts-none = Keine Konflikte gefunden
conflicts-none-do = Im Reiter „Regeln“ steht, was geprüft wurde und wo Daten fehlen.
conflicts-filtered = Kein Konflikt entspricht dem Filter
conflicts-filtered-do = Filter lockern oder mit dem Kreuz zurücksetzen.
conflicts-shown = { $shown } von { $all } Konflikten
severity-prohibited = Verboten
severity-restricted = Nur mit Ausnahme
severity-weigh = Abwägung nötig
severity-hint = Hinweis
severity-show = Klicken zeigt diese Konflikte.
severity-hide = Klicken verbirgt diese Konflikte.
status = Status
status-open = Offen
status-in-review = In Prüfung
status-accepted = Abgewogen
status-mitigated = Gemindert
status-resolved = Gelöst
status-dismissed = Verworfen
filter-hint = Suchen …
filter-all-rules = Alle Regeln
filter-all-statuses = Jeder Status
filter-clear = Filter zurücksetzen
column-severity = Schwere
column-id = Kennung
column-rule = Regel
column-subject = Fläche oder Vorhaben
column-measured = Gemessen / Grenze
column-area = Fläche · Anteil
column-office = Zuständig
column-status = Status

## Regeln
rules = Regeln
rules-none = Keine Regeln geladen
rules-none-do = Regeln kommen aus den Modulen des Projekts. „stadtschicht modules check“ nennt, was fehlt.
rules-rule = Regel
rules-subjects = Geprüft
rules-conflicts = Konflikte
rules-clear = Ohne
rules-unknown = Unbekannt
rules-assumed = Abdeckung angenommen
rules-assumed-why = „Ohne Konflikt“ beruht auf Ebenen, deren Vollständigkeit niemand erklärt hat.
rules-unknown-area = { $area } ohne Daten
rules-undecided = { $n ->
    [one] 1 Regel mit Lücken
   *[other] { $n } Regeln mit Lücken
}

## Auswahl
inspector = Auswahl
inspector-conflict = Konflikt
inspector-feature = Objekt
inspector-spot = Warum hier?
inspector-empty = Nichts ausgewählt
inspector-empty-do = Einen Konflikt oder ein Objekt anklicken. Taste W fragt „Warum hier?“ an der Stelle unter dem Mauszeiger.
selection-clear = Auswahl aufheben
fly-there = Hinfliegen
conflict-gone = Diesen Konflikt gibt es nicht mehr
conflict-gone-do = Die Daten haben sich geändert. Bitte einen anderen Konflikt auswählen.
conflict-measured = Messung
measured = Gemessen
threshold = Grenze
measured-threshold = Gemessen / Grenze
conflict-area = Betroffene Fläche
conflict-share = Anteil der Fläche
data-state = Datenstand
proxy = Näherung
proxy-why = Die Daten messen nicht genau das, was das Gesetz verlangt.
conflict-subject = Fläche oder Vorhaben
conflict-objects = Trifft auf
conflict-objects-none = In der Umgebung fehlt etwas; es gibt kein Gegenüber.
conflict-reasons = Begründung
conflict-why = Warum das zählt
conflict-law = Rechtsgrundlage
legal-force = Verbindlichkeit
evidence = Beleg
office = Zuständig
conflict-next = Nächster Schritt
more = { $n ->
    [one] und 1 weiteres
   *[other] und { $n } weitere
}
force-prohibition = Gesetzliches Verbot
force-consent = Zustimmung nötig
force-limit = Grenzwert
force-guide = Richtwert
force-orientation = Orientierungswert
force-planning = Planungsrichtwert
force-recommendation = Empfehlung
evidence-primary = im Gesetzestext gelesen
evidence-secondary = auf einer Fachseite gelesen
evidence-knowledge = Fachwissen, Text nicht eingesehen
evidence-inferred = hergeleitet
feature-gone = Dieses Objekt gibt es nicht mehr
feature-id = Kennung der Quelle
attributes = Eigenschaften
source = Quelle
licence = Lizenz
file = Datei
unknown = unbekannt
yes = ja
no = nein
spot-rules = Regeln an dieser Stelle
spot-layers = Ebenen an dieser Stelle
spot-unknown = Nicht bekannt
spot-nothing = Nichts vorhanden: { $list }
spot-not-applicable = { $n ->
    [one] 1 Regel betrifft diese Stelle nicht
   *[other] { $n } Regeln betreffen diese Stelle nicht
}
verdict-conflict = Konflikt
verdict-clear = kein Konflikt
verdict-unknown = unbekannt
verdict-not-applicable = nicht anwendbar

## Meldungen
messages = Meldungen
messages-none = Keine Meldungen
messages-none-do = Beim Öffnen wurde nichts ausgelassen, repariert oder angenommen, was hier angezeigt wird.
messages-sums = { $loaded } Objekte geladen, { $dropped } ausgelassen
level-info = Hinweise
level-warning = Warnungen
level-error = Fehler
column-code = Code
column-place = Datei · Ebene
column-message = Meldung
finding-feature = Objekt { $id }
finding-count = { $n } Objekte
finding-dropped = ausgelassen

## Statusleiste
status-no-place = –
status-coordinate = Ost · Nord · Höhe unter dem Mauszeiger
status-crs = Koordinatensystem des Projekts
status-scale = Maßstab in der Bildmitte
status-light = Software-Rendering, leichte Darstellung
status-light-why = Kein Grafikprozessor: { $adapter } zeichnet. Schatten und Kantenglättung sind deshalb reduziert.
status-stopping = wird abgebrochen …
status-messages = { $n ->
    [one] 1 Meldung
   *[other] { $n } Meldungen
}
panel-fold = Bereich einklappen
panel-unfold = Bereich ausklappen
panels-hide = Alle Bereiche aus- und einblenden

## Karte
legend-show = Legende zeigen
legend-hide = Legende verbergen
legend-more = { $n ->
    [one] 1 weiterer Eintrag
   *[other] { $n } weitere Einträge
}
synthetic = Synthetische Daten
sources = Quellen: { $list }
sources-none = Quellen: nicht angegeben
view-zoom-in = Näher heran
view-zoom-out = Weiter weg
view-tilt-up = Flacher blicken
view-tilt-down = Steiler blicken
view-top = Draufsicht und zurück
view-home = Ganze Stadt
view-north = Norden nach oben

## Hilfe
help-mouse = Maus
help-keys = Tasten
help-reading = Lesen
help-reading-text = Form und Farbe einer Marke nennen die Schwere: Achteck verboten, Dreieck nur mit Ausnahme, Raute Abwägung nötig, Kreis Hinweis. „Keine Daten“ heißt nie „kein Konflikt“: Wo Daten fehlen, ist die Antwort unbekannt.
hint-close = Verstanden
mouse-left = Links ziehen
mouse-right = Rechts ziehen
mouse-wheel = Mausrad
mouse-click = Klick
move-pan = Karte verschieben
move-orbit = Drehen und neigen
move-zoom = Näher heran, weiter weg
move-identify = Konflikt oder Objekt auswählen
move-why = Warum hier? Ebenen und Regeln an dieser Stelle
keys-arrows = Pfeiltasten
keys-shift-arrows = Umschalt+Pfeile
keys-page = Bild auf, Bild ab
keys-home = Pos1
keys-tab = Tab (über der Karte)
keys-open = Strg+O
keys-save = Strg+S

## Dateien und Fehler
file-added = Datei hinzugefügt
file-added-text = „{ $name }“ wird angezeigt. Regeln berücksichtigen nur Dateien, die in project.toml gebunden sind.
file-layer = Ebene
file-driver = Format
file-crs = Koordinatensystem
file-count = Objekte
file-extent = Ausdehnung
file-dropped = Ausgelassen
error-open = Das Projekt ließ sich nicht öffnen
error-add = Die Datei ließ sich nicht hinzufügen
error-add-first = Bitte zuerst ein Projekt öffnen: Es legt das Koordinatensystem fest.
error-busy = Es läuft noch ein Vorgang. Bitte warten oder ihn in der Statusleiste abbrechen.
error-save = Die Bewertungen wurden nicht gespeichert
error-review = Die Bewertung wurde nicht übernommen
