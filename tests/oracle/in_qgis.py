#!/usr/bin/env python3
"""Opens layers in a real QGIS and writes as JSON what QGIS makes of them, for tests/qgis.rs; draws them into a picture.

usage: QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/oracle/in_qgis.py OUT.json PICTURE.png LAYER…
A LAYER is a file, or FILE|layername=NAME. No style is named: QGIS has to find it by itself.
"""
import json, os, sys

from qgis.core import (
    QgsApplication, QgsCoordinateTransform, QgsExpressionContext, QgsExpressionContextUtils, QgsMapRendererSequentialJob, QgsMapSettings,
    QgsProject, QgsRectangle, QgsRenderContext, QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

out, picture, *uris = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()


def colours(symbol):
    """Fill with its opacity, outline, and style of the outline, of a symbol's first layer."""
    layer = symbol.symbolLayer(0)
    name = type(layer).__name__
    if name == "QgsSimpleLineSymbolLayer":
        return {"fill": layer.color().name(), "alpha": layer.color().alpha(), "outline": layer.color().name(), "width": layer.width()}
    return {
        "fill": layer.fillColor().name(),
        "alpha": layer.fillColor().alpha(),
        "outline": layer.strokeColor().name(),
        "width": layer.strokeWidth(),
        "dash": layer.strokeStyle(),
    }


def look(uri):
    layer = QgsVectorLayer(uri, uri.rsplit("/", 1)[-1], "ogr")
    if not layer.isValid():
        return layer, {"uri": uri, "valid": False, "error": layer.error().message()}
    renderer = layer.renderer()
    kind = renderer.type()
    context = QgsRenderContext()
    expressions = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    expressions.setFields(layer.fields())
    context.setExpressionContext(expressions)
    features = []
    renderer.startRender(context, layer.fields())
    for f in layer.getFeatures():
        context.expressionContext().setFeature(f)
        # The renderer hands out all symbols that it would draw, in order.
        drawn = [colours(s) for s in renderer.symbolsForFeature(f, context)]
        values = {n.name(): (None if f[n.name()] is None or str(f[n.name()]) == "NULL" else str(f[n.name()])) for n in layer.fields()}
        features.append({"values": values, "drawn": drawn, "empty": f.geometry().isEmpty()})
    renderer.stopRender(context)
    legend = [{"label": i.label(), "rule": i.ruleKey(), **(colours(i.symbol()) if i.symbol() else {})} for i in renderer.legendSymbolItems()]
    return layer, {
        "uri": uri,
        "valid": True,
        "crs": layer.crs().authid(),
        "count": layer.featureCount(),
        "geometry": layer.geometryType(),
        "fields": {n.name(): n.typeName() for n in layer.fields()},
        "renderer": kind,
        "by": renderer.classAttribute() if kind == "categorizedSymbol" else None,
        "legend": legend,
        "features": features,
        # How many styles the file holds for this layer.
        "styles": layer.listStylesInDatabase()[0] if layer.dataProvider().isSaveAndLoadStyleToDatabaseSupported() else 0,
    }


layers, found = zip(*[look(uri) for uri in uris])
shown = [l for l in layers if l.isValid()]
if shown:
    settings = QgsMapSettings()
    settings.setLayers(shown[::-1])
    settings.setDestinationCrs(shown[0].crs())
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(1200, 900))
    # Around what the plan touches.
    box = QgsRectangle()
    box.setMinimal()
    for l in shown:
        across = QgsCoordinateTransform(l.crs(), shown[0].crs(), QgsProject.instance())
        for f in l.getFeatures("plan_change is not null"):
            box.combineExtentWith(across.transformBoundingBox(f.geometry().boundingBox()))
    box.scale(1.3)
    settings.setExtent(box)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)
with open(out, "w", encoding="utf-8") as f:
    json.dump(list(found), f, ensure_ascii=False, indent=1)
# Whatever still holds a layer at the end would crash on the way out.
del layers, shown
sys.stdout.flush()
os._exit(0)
