// The room as you know it: who is linked to whom, and who carries whose voice. What Room.trees() gives.

export type PeerRole = 'desktop' | 'phone' | 'hiddenTab' | 'metered';

/** Everything here is others' word on themselves, signed but not checked; names are any text. */
export interface RoomPicture {
  readonly me: string; // your id
  readonly people: readonly PicturePerson[]; // sorted by id, you among them
  readonly trees: readonly PictureTree[]; // sorted by source; those whose plan has come here, and your own
  readonly pullsOpen: number; // voices that you get from somebody other than your parent just now
  readonly mapHash: string; // people whose maps are equal show the same
}

export interface PicturePerson {
  readonly id: string; // as in Peer.id
  readonly name: string;
  readonly role: PeerRole;
  readonly atDoor: boolean; // lets newcomers in
  readonly copiesMax: number; // how many copies of one voice they can send
  readonly links: readonly PictureLink[]; // their word; the other end has its own
}

export interface PictureLink {
  readonly to: string;
  readonly rttMs: number | null; // null: not measured yet
  readonly lossPercent: number;
}

/** How one person's voice reaches the others. */
export interface PictureTree {
  readonly source: string;
  readonly epoch: number; // grows with every new plan
  readonly live: boolean; // they spoke within the last second
  readonly seats: readonly PictureSeat[];
}

export interface PictureSeat {
  readonly listener: string;
  readonly parent: string | null; // null: somebody whom you do not know (yet)
  readonly guardian: string | null; // stands by with the same voice, should the parent fail
  readonly hot: boolean; // the guardian sends its copy always
}
