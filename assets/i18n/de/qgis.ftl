qml-other = übrige
layers-save = Geänderte Ebenen ausgeben (QGIS)
layers-save-what = Ziel der Datei. Die Endung entscheidet: .gpkg (eine Datei mit Stilen) oder .geojson (je Ebene eine Datei, der Stil daneben)
layers-save-hint = /pfad/plan.gpkg
layers-save-exists = Diese Datei gibt es schon und sie bleibt, wie sie ist. Einen anderen Namen wählen.
layers-saved = Ebenen ausgegeben
layers-saved-more = { $file } und { $n } weitere { $n ->
    [one] Datei
   *[other] Dateien
} im selben Ordner
layers-save-failed = Die Ebenen ließen sich nicht ausgeben
layers-save-broken = Das Schreiben brach ab. Das ist ein Fehler des Programms; der Plan ist unversehrt.
