const { Construct } = require("constructs");
const { Events } = require("./events");
const { Messaging } = require("./messaging");
const { Policies } = require("./policies");

/** The shop's messages: three stacks, each of which knows the ones before it. */
class Shop extends Construct {
  constructor(scope, id) {
    super(scope, id);
    const messaging = new Messaging(this, "Messaging");
    const events = new Events(this, "Events", { messaging });
    new Policies(this, "Policies", { messaging, events });
  }
}

module.exports = { Shop };
