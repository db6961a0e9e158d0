"""People: models and no verbs. Changes of people are verbs of `access_requests.services.people`, so that they reach the trail."""
