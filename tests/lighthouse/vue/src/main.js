import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";

import App from "./App.vue";
import Recharge from "./screens/Recharge.vue";

// The first screen comes with the program, the later ones when they are opened, as such shops usually do it.
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", component: Recharge },
    { path: "/pay/:id", component: () => import("./screens/Cashier.vue") },
    { path: "/orders/:id", component: () => import("./screens/Order.vue") },
  ],
});

createApp(App).use(router).mount("#app");
