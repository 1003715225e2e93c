"""Credentials: where passwords for brokers and Kafka clusters stand, and who signs in with them."""
