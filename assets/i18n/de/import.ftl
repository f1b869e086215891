# Dateien einbinden, Importbericht und ungespeicherte Bewertungen. Jeder Schlüssel steht auch in en/import.ftl.

## Öffnen
open-file = Datei einbinden
open-file-what = Geodatei, die in das Projekt aufgenommen werden soll:
open-file-hint = z. B. /daten/kitas.gpkg
add-file = Datei einbinden …
add-file-path = Pfad der Datei eingeben …
keys-add = Strg+I
mouse-right-click = Rechtsklick
pick-list = Alles unter dem Mauszeiger auflisten
pick-title = An dieser Stelle
pick-nothing = Hier liegt nichts Sichtbares.
pick-why = Warum hier?

## Assistent
import-title = Datei einbinden
import-target = Zielebene
import-target-none = Nur anzeigen
import-target-none-why = Die Datei wird gezeigt, solange das Projekt geöffnet ist. Regeln berücksichtigen sie nicht.
import-kind-points = Punkte
import-kind-lines = Linien
import-kind-areas = Flächen
import-kind-grid = Raster
import-kind-unreadable = nicht lesbar
import-crs-none = nicht angegeben
import-crs-declared = wie in der Datei: { $crs }
import-crs-other = andere EPSG
import-crs-missing = Die Datei nennt kein Koordinatensystem. Vorgeschlagen ist das, mit dem die Daten im Projektgebiet liegen; bitte auf der Karte prüfen.
import-crs-impossible = Die Angabe der Datei ({ $crs }) passt nicht zu ihren Koordinaten. Vorgeschlagen ist das System, mit dem die Daten im Projektgebiet liegen; bitte auf der Karte prüfen.
import-extent = Koordinaten
import-cells = Zellen
import-count-of = { $loaded } von { $expected }
import-layers-left-out = { $n } weitere Ebenen der Datei wurden nicht angesehen.
import-place-inside = vollständig im Projektgebiet
import-place-partly = { $inside } von { $of } im Projektgebiet
import-place-apart = { $distance } vom Projektgebiet entfernt
import-place-nowhere = ohne Lage
import-fields = Eigenschaften
import-required = * Pflichtangabe der Zielebene
import-mapping = Zugeordnet nach „{ $name }“: Auswahl und Eigenschaften sind für diese Quelle festgelegt.
import-field-none = – keine –
import-field-fixed = fester Wert
import-field-fixed-hint = Wert
import-field-cases = nach Bedingungen
import-field-measured = gemessen
import-field-missing = fehlt
import-field-unknown = { $n } unbekannt
import-field-misfits = { $n } nicht in der Liste
import-values = Werte zuordnen
import-values-many = Zu viele verschiedene Werte für eine Zuordnung von Hand.
import-origin = Herkunft
import-source-hint = Herausgeber, z. B. Jugendamt
import-licence-hint = z. B. dl-de/by-2-0
import-date = Stand
import-date-hint = JJJJ-MM-TT
import-filter = Auswahl
import-filter-hint = CQL2, z. B. art = 'Kita'
import-complete = Vollständig im Untersuchungsgebiet
import-complete-why = Wo nichts liegt, ist wirklich nichts: Regeln dürfen dort „kein Konflikt“ antworten statt „unbekannt“.
import-unofficial = Nicht amtlich
import-replace = Bisherige Quellen von „{ $layer }“ ersetzen
import-replace-why = Die bisherigen Einträge dieser Ebene werden aus project.toml genommen; ihre Dateien bleiben im Ordner.
import-bind = Einbinden
import-show = Anzeigen
import-bind-keys = Strg+Eingabe
import-busy = Projekt wird mit der neuen Quelle geöffnet …
import-trying = Ergebnis wird berechnet …
import-sum = { $n } Objekte
import-sum-fields = { $filled } von { $of } Eigenschaften belegt
import-sum-dropped = { $n } ausgelassen
import-done = Datei eingebunden
import-done-text = „{ $file }“ ist in project.toml eingetragen; die Regeln sind neu gerechnet.
import-done-copied = Die Datei liegt jetzt als „{ $file }“ im Projektordner und ist in project.toml eingetragen; die Regeln sind neu gerechnet.
import-replaced = Ersetzt
import-replaced-count = { $n ->
    [one] 1 bisherige Quelle
   *[other] { $n } bisherige Quellen
}

## Bericht
import-report = Bericht …
import-report-why = Importbericht speichern: was geladen, repariert und ausgelassen wurde
import-report-save = Importbericht speichern
import-report-what = Zieldatei. Die Endung .json gibt den Bericht für Programme, jede andere eine Tabelle (CSV):
import-report-hint = z. B. /daten/importbericht.csv
import-report-file = importbericht.csv
import-report-exists = Diese Datei gibt es schon; sie wird ersetzt.
import-report-no-folder = Diesen Ordner gibt es nicht.
import-report-saved = Importbericht gespeichert
import-report-failed = Der Importbericht wurde nicht gespeichert

## Schließen
close-title = Noch nicht gespeichert
close-text = Bewertungen von Konflikten, Schritte der Planung oder Gewichte von Gruppen sind noch nicht gespeichert. Sollen sie im Projekt gespeichert werden?
close-discard = Verwerfen

## Neues Projekt
found-menu = Neues Projekt …
found-title = Neues Projekt
found-what = Aus den Dateien einer Stadt entsteht ein Projekt mit allen Modulen. Die Dateien werden in den Projektordner kopiert.
found-folder = Ordner
found-folder-hint = neuer oder leerer Ordner, z. B. /daten/meine-stadt
found-folder-full = Dieser Ordner ist nicht leer; es wird nichts überschrieben.
found-site = Ort
found-site-hint = Länge, Breite in Grad
found-site-wrong = Gemeint sind zwei Zahlen in Grad, zuerst die geografische Länge: 11.58, 49.94
found-name = Titel
found-name-hint = sonst der nächste Ort in den Daten
found-radius = Umkreis
found-crs-hint = sonst die UTM-Zone des Orts
found-state = Bundesland
found-state-none = nach den Daten
found-files = Dateien
found-kind-osm = OpenStreetMap
found-kind-lod2 = 3D-Gebäude (CityGML)
found-kind-dem = Gelände (DGM)
found-kind-xplan = Bauleitplan (XPlanung)
found-kind-alkis = ALKIS (NAS)
found-kind-table = Tabelle
found-file-hint = Pfad einer Datei
found-file-add = Hinzufügen
found-file-remove = Datei entfernen
found-drop = Dateien lassen sich auch in das Fenster ziehen.
found-assumptions = Annahmen
found-stand-ins = Flächennutzung als Stellvertreter für Baugebiete und Potenzialflächen verwenden (als Annahme gekennzeichnet)
found-noise = Straßenlärm aus angenommenen Verkehrsmengen rechnen (Modellrechnung, keine amtliche Lärmkarte)
found-go = Anlegen
found-done = Projekt angelegt
found-done-text = Das Projekt liegt in { $folder } und wird geöffnet. Gefüllte Ebenen:
found-failed = Das Projekt wurde nicht angelegt
keys-new = Strg+N
keys-quit = Strg+Q
close-window = Fenster schließen
keys-add-path = Strg+Umschalt+I
found-lacks = Fehlt noch: { $input }
import-sum-cells = { $n } Zellen
found-browse = Durchsuchen …
found-lack-folder = Ein Ordner fehlt noch.
found-lack-site = Der Ort fehlt noch: Länge und Breite in Grad.
found-folder-nowhere = Den Ordner darüber gibt es nicht; bitte zuerst anlegen.
found-crs-wrong = Gemeint ist ein EPSG-Code, etwa 25832.
