// For those who come with an address of SRS's pages: the player lives elsewhere, with the same parameters.

location.replace(`../player.html${location.search}`);
