// For a page that shows the shop in a frame: its height, its events and its end. See docs/bridge.md.
(function () {
  window.RechargeFrame = function (frame, handlers) {
    var wants = handlers || {};
    var shop = new URL(frame.src).origin;

    // It says nothing to anyone, and goes to whatever the frame shows: at first that is a blank page, and a browser
    // complains of an address that is not there yet.
    function hello() {
      frame.contentWindow.postMessage({ v: 1, type: "hello", height: wants.height !== false }, "*");
    }

    function hear(event) {
      var message = event.data;
      if (event.source !== frame.contentWindow || event.origin !== shop || !message || message.v !== 1) return;
      if (message.type === "height" && wants.height !== false) frame.style.height = message.height + "px";
      else if (typeof wants[message.type] === "function") wants[message.type](message);
      else if (message.type === "close") end();
    }

    function end() {
      window.removeEventListener("message", hear);
      frame.remove();
    }

    window.addEventListener("message", hear);
    frame.addEventListener("load", hello);
    hello();
    return end;
  };
})();
