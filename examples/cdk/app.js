const { App, Stage } = require("aws-cdk-lib");
const { Shop } = require("./lib/shop");

const app = new App();
new Shop(app, "Shop");
new Shop(new Stage(app, "Prod", { env: { account: "111122223333", region: "eu-west-1" } }), "Shop");
