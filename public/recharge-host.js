// For a page that shows the shop in a frame: its height, its events and its end. See docs/bridge.md.
(function () {
  window.RechargeFrame = function (frame, handlers) {
    var wants = handlers || {};

    // It says nothing to anyone, and goes to whatever the frame shows: at first that is a blank page, and a browser
    // complains of an address that is not there yet. A frame that is not in the page yet is greeted when it loads.
    function hello() {
      var shop = frame.contentWindow;
      if (shop) shop.postMessage({ v: 1, type: "hello", height: wants.height !== false }, "*");
    }

    // The frame may be given its address later, and another one.
    function isShops(origin) {
      return origin === new URL(frame.src, location.href).origin;
    }

    function hear(event) {
      var message = event.data;
      if (!event.source || event.source !== frame.contentWindow || !isShops(event.origin)) return;
      if (!message || message.v !== 1) return;
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
