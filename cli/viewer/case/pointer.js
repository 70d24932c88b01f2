// SPDX-License-Identifier: BSD-3-Clause
// ---- mouse, pen and finger on a picture ----
//
// Dragging moves the cursor; with the right button or Shift it changes the window. The wheel goes through the slices;
// with Ctrl it zooms.

function listenToPointer(pane) {
    const canvas = pane.canvas;
    canvas.addEventListener("pointerdown", (event) => beginDrag(pane, event));
    canvas.addEventListener("pointermove", (event) => hoverOver(pane, event));
    canvas.addEventListener("pointerleave", () => {
        view.hover = null;
        refreshReadout();
    });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("dblclick", () => showPlane(pane.plane));
    canvas.addEventListener("wheel", (event) => turnWheel(pane, event), {passive: false});
}

function hoverOver(pane, event) {
    if (!pane.slices)
        return;
    view.hover = {pane, clientX: event.clientX, clientY: event.clientY};
    refreshReadout();
}

function beginDrag(pane, event) {
    if (!pane.slices || event.button === 1)
        return;
    const drag = event.button === 2 || event.shiftKey ? windowDrag(event) : (moved) => moveTo(pane.voxelBelow(moved));
    const end = () => {
        pane.canvas.removeEventListener("pointermove", drag);
        pane.canvas.removeEventListener("pointerup", end);
        pane.canvas.removeEventListener("pointercancel", end);
    };
    pane.canvas.setPointerCapture(event.pointerId);
    pane.canvas.addEventListener("pointermove", drag);
    pane.canvas.addEventListener("pointerup", end);
    pane.canvas.addEventListener("pointercancel", end);
    drag(event);
}

/** A slow wheel and a touch pad give many small steps: they are added up. */
let turned = 0;

function turnWheel(pane, event) {
    event.preventDefault();
    turned += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY / 40 : event.deltaY;
    const steps = Math.sign(turned) * Math.min(Math.floor(Math.abs(turned)), 1);
    if (steps === 0)
        return;
    turned = 0;
    if (event.ctrlKey)
        changeZoom(steps < 0 ? 1.25 : 0.8);
    else
        moveBy(pane.plane.through, -steps);
}
